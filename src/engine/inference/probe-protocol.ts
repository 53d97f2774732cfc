import type { FloatTensor, ProviderName } from './types.ts';

/** What a model gets to see: a smooth picture given by a formula, its values from `shift` to `shift + span`. */
export interface ProbeInput {
  readonly dims: readonly number[];
  readonly span: number;
  readonly shift: number;
}

/** A model to measure. */
export interface ProbeModel {
  readonly name: string;
  readonly path: string;
  /** One for each input, in the model's order. */
  readonly inputs: readonly ProbeInput[];
  /** A warm run that takes longer ends the measurement of this provider; null has patience. */
  readonly slowMs: number | null;
}

/** What the measuring process is asked. */
export interface ProbeOrder {
  readonly provider: ProviderName;
  readonly models: readonly ProbeModel[];
  /** Runs per model after the first, which compiles and warms up; 0 answers with the first run. */
  readonly runs: number;
  /** Threads of the CPU provider; null takes the default. */
  readonly threads: number | null;
}

/** How one model did. */
export interface ProbeAnswer {
  readonly model: string;
  /** Opening and the first run: what the user waits for once. */
  readonly firstMs: number;
  readonly medianMs: number;
  /** A run took longer than the order's `slowMs`; no further model was measured. */
  readonly isSlow: boolean;
  readonly outputs: Readonly<Record<string, FloatTensor>>;
}

/** What the measuring process says, ending with `done`. */
export type ProbeMessage =
  | { readonly kind: 'answer'; readonly answer: ProbeAnswer }
  | { readonly kind: 'failed'; readonly model: string; readonly cause: string }
  | { readonly kind: 'done' };

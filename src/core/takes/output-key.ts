import { canonicalJson } from './canonical-json.ts';
import type { CanonicalValue } from './canonical-json.ts';
import type { HashText } from './take-key.ts';

/** Raised whenever the exporter writes other bytes for the same inputs. */
export const outputKeyVersion = 1;

/** Everything that a finished film depends on. */
export interface OutputInputs {
  readonly sourceSha256: string;
  readonly voiceSha256: string;
  /** In film order. */
  readonly takeKeys: readonly string[];
  /** Codec, level of the original sound, voice start and the like. */
  readonly settings: Readonly<Record<string, CanonicalValue>>;
}

/** The name of a finished film's content; equal keys mean that exporting again would change nothing. */
export function outputKey(inputs: OutputInputs, hash: HashText): string {
  return hash(canonicalJson({ kind: 'output', version: outputKeyVersion, ...inputs }));
}

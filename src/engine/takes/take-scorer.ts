import type { FrameRange } from '../../core/time/frame-range.ts';
import type { TakeSync } from '../../core/takes/take-sync.ts';
import type { PcmReader } from '../lipsync/types.ts';

/** A take to be scored. */
export interface ScoreRequest {
  readonly personId: number;
  readonly range: FrameRange;
  /** Lips of the frames that the take changes, `lipFeatureCount` numbers each; the others show the film's own. */
  readonly laid: ReadonlyMap<number, Float32Array>;
  /** The whole voice, and which of its samples sounds when the range's first frame appears. */
  readonly voice: PcmReader;
  readonly voiceStartSample: number;
  readonly signal: AbortSignal;
}

/** Tells how well takes follow their voices, beside what the film itself reaches. */
export interface TakeScorer {
  /** Null for somebody who is not in the film. */
  score(request: ScoreRequest): Promise<TakeSync | null>;
}

import type { PcmReader } from '../lipsync/types.ts';

/** Moments per second at which lips and sound are compared; moment j is centred on (j + 0.5) · 20 ms. */
export const momentRateHz = 50;
/** How far one moment is from the next, milliseconds. */
export const momentMs = 1000 / momentRateHz;
/** Offsets are searched this many moments to both sides: ±600 ms. */
export const searchMoments = 30;
/** Offsets that are tried, from −600 to +600 ms in steps of 20 ms. */
export const offsetCount = 2 * searchMoments + 1;

/** Whether a score rests on enough to be believed. */
export type SyncEvidence = 'ok' | 'low';

/**
 * How well lips and sound belong together. The offset is sound minus picture: positive when the sound comes late
 * (lips move before it is heard).
 */
export interface SyncScore {
  /** Milliseconds within ±600, the expert's own bias taken out. */
  readonly offsetMs: number;
  /** The same in frames of the film, one decimal. */
  readonly offsetFrames: number;
  /**
   * Median minus minimum of the mean distance over all offsets, as SyncNet (Chung and Zisserman, "Out of time", 2016):
   * 0 where no offset stands out; never negative.
   */
  readonly confidence: number;
  /** Mean Euclidean distance of the unit embeddings at the best offset: 0 (the same) to 2; √2 is unrelated. */
  readonly distance: number;
  /**
   * `low` where there is less than a second of visible, moving mouth and voice, or a confidence that unrelated sound
   * reaches too: the other numbers then say nothing.
   */
  readonly evidence: SyncEvidence;
  /** Seconds of visible mouth with voice that were compared. */
  readonly comparedSeconds: number;
}

/** A score with what it was read from. */
export interface OffsetScore extends SyncScore {
  /** Mean distance at each of the `offsetCount` offsets, −600 ms first; the bias is still in. NaN where never compared. */
  readonly curve: Float32Array;
}

/** The score of one second, judged by the two seconds around its middle. */
export interface SecondScore extends SyncScore {
  /** Whole seconds from the film's start. */
  readonly second: number;
}

/** One mouth over time. */
export interface LipTable {
  /**
   * Row-major [frames × 12], z-scored with `normaliseLips`, not smoothed; a row whose first number is NaN is a frame in which the
   * mouth was not seen.
   */
  readonly features: Float32Array;
  /** Middle of each frame's showing, seconds from the film's start, rising. */
  readonly seconds: ArrayLike<number>;
}

/** A voice laid against a film. */
export interface PlacedSound {
  readonly pcm: PcmReader;
  /** When its sample 0 sounds, seconds from the film's start; may be negative. */
  readonly startSeconds: number;
}

/** Frames per second of the grid on which SyncNet looks at every film. */
export const syncNetRateHz = 25;
/** Milliseconds from one frame of that grid to the next. */
export const syncNetFrameMs = 1000 / syncNetRateHz;
/** Offsets are tried this many grid frames to both sides: ±600 ms. */
export const syncNetReach = 15;
/** Offsets that are tried. */
export const syncNetOffsetCount = 2 * syncNetReach + 1;

/** What SyncNet's evaluation prints about one stretch of one face (`SyncNetInstance.evaluate`). */
export interface SyncNetNumbers {
  /** LSE-D: the smallest of the mean distances over all offsets. Lower is better; about 6 to 7 on real speech. */
  readonly lseD: number;
  /** LSE-C: median minus smallest of the mean distances. Higher is better; about 7 to 8 on real speech. */
  readonly lseC: number;
  /**
   * SyncNet's own "AV offset" in frames at 25 per second, −15 to 15; positive when the sound comes EARLY, the
   * opposite of `offsetMs`.
   */
  readonly avOffsetFrames: number;
  /** Sound minus picture in milliseconds, −600 to 600; positive when the sound comes late. */
  readonly offsetMs: number;
  /** Mean distance at each of the 31 offsets, sound 600 ms early first. */
  readonly curve: Float32Array;
  /**
   * Per window (number v begins at grid frame v of the stretch): median of `curve` minus the window's distance at the
   * best offset, through a median filter of 9.
   */
  readonly frameConfidence: Float32Array;
  /** Per window: its distance at the best offset. */
  readonly frameDistance: Float32Array;
}

/** Why a score is not to be trusted, or not there. */
export type SyncNetDoubt =
  /** SyncNet wants more than 100 frames of one face without a longer gap: about four seconds. */
  | 'short'
  /** SyncNet wants faces larger than 100 pixels. */
  | 'small-face'
  /** The sound is over before there is enough of it. */
  | 'no-sound'
  /** The networks answered with something that is no number. */
  | 'no-number';

/** One second of one face. */
export interface SyncNetSecond {
  /** Whole seconds from the film's start. */
  readonly second: number;
  /** Means over the windows whose middle lies in this second. */
  readonly confidence: number;
  readonly distance: number;
}

/** What SyncNet says about one face. Plain data. */
export interface SyncNetFaceScore {
  readonly trackId: number;
  readonly personId: number;
  /** On the film's clock. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** `low` where SyncNet's own pipeline would give no score. */
  readonly evidence: 'ok' | 'low';
  /** Null when the evidence is ok. */
  readonly doubt: SyncNetDoubt | null;
  /** Null where nothing could be computed. */
  readonly numbers: {
    readonly lseD: number;
    readonly lseC: number;
    /** SyncNet's sign and grid: frames at 25 per second, positive when the sound comes EARLY. */
    readonly avOffsetFrames: number;
    /** Our sign: positive when the sound comes late. */
    readonly offsetMs: number;
    /** `offsetMs` in frames of the film, one decimal. */
    readonly offsetFrames: number;
    /** Windows of five frames that were compared. */
    readonly windows: number;
  } | null;
  readonly perSecond: readonly SyncNetSecond[];
}

/** How well lips and a sound belong together over some frames; `SyncScore` of the sync expert, as plain data. */
export interface SyncFigures {
  /** Sound minus picture in milliseconds: positive when the sound comes late. */
  readonly offsetMs: number;
  /** The same in frames of the film, one decimal. */
  readonly offsetFrames: number;
  /** How much better the best offset fits than a middling one; 0 for strangers, higher is surer. */
  readonly confidence: number;
  /** Mean distance of lips and sound at the best offset, 0 to 2; lower is closer. */
  readonly distance: number;
  /** `low`: too little speech with a visible, moving mouth for the other figures to be trusted. */
  readonly evidence: 'ok' | 'low';
  /** Seconds of visible mouth with voice that were compared. */
  readonly comparedSeconds: number;
}

/** A take's score beside what the film itself reaches; written with the take. */
export interface TakeSync {
  /** Names the expert that scored: figures of two experts do not compare. */
  readonly expert: string;
  /** The take's lips with the new voice. */
  readonly take: SyncFigures;
  /** The film's own lips with the film's own sound over the same frames; null for a silent film. */
  readonly original: SyncFigures | null;
  /** The film's own lips of this person with the film's own sound, whole film; null for a silent film. */
  readonly film: SyncFigures | null;
  /**
   * How far the mouth's opening moves in the take while the voice speaks: its standard deviation, in the standard
   * deviations of this person over the whole film. Someone who speaks reaches about 1.
   */
  readonly lipMovement: number;
}

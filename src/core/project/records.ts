import type { TakeSync } from '../takes/take-sync.ts';
import type { FrameRange } from '../time/frame-range.ts';

/** What a file is to a project. */
export type MediaRole = 'source' | 'voice' | 'subtitles';

/** A file that a project works from. */
export interface MediaRecord {
  readonly role: MediaRole;
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** Of the file's bytes. */
  readonly sha256: string;
}

/** `current` is the take in use; `kept` ones stay for comparison. */
export type TakeState = 'current' | 'kept';

/** One finished render of one segment. */
export interface TakeRecord extends FrameRange {
  readonly key: string;
  readonly segmentId: string;
  readonly state: TakeState;
  /** Relative to the project's data folder. */
  readonly file: string;
  readonly createdMs: number;
  /** Null when the take was found finished after a crash, before anyone noted its outcome. */
  readonly outcome: TakeOutcome | null;
}

/** What is known of a take. */
export interface TakeOutcome {
  readonly patchedFrames: number;
  readonly framesWithoutFace: number;
  readonly notes: readonly string[];
  readonly elapsedMs: number;
  /** Milliseconds by stage name. */
  readonly stageMs: Readonly<Record<string, number>>;
  /** How its lips follow the voice; null when it was not scored. */
  readonly sync: TakeSync | null;
}

/** A film written from takes. */
export interface OutputRecord {
  /** Absolute. */
  readonly path: string;
  readonly key: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly createdMs: number;
  /** Absolute. */
  readonly sidecarPath: string;
  readonly patchedFrames: number;
}

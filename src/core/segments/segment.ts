import type { FrameRange } from '../time/frame-range.ts';

/** Where a segment comes from: a subtitle, the stretch between two, or a stretch of voice between pauses. */
export type SegmentOrigin = 'cue' | 'gap' | 'voice';

/** A stretch of film that is to be dubbed, before it has a name in the project. */
export interface SegmentDraft extends FrameRange {
  readonly origin: SegmentOrigin;
  /** What is said, as the subtitle has it; empty where nobody told. */
  readonly text: string;
}

/** A segment of a project. Segments of one film never overlap. */
export interface Segment extends SegmentDraft {
  /** Stays when the segment moves or its text changes. */
  readonly id: string;
}

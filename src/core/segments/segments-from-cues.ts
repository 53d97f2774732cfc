import type { Cue } from '../subtitles/cue.ts';
import { frameCountOf, gapsBetween, intersectRanges } from '../time/frame-range.ts';
import type { FrameRange } from '../time/frame-range.ts';
import { nearestBoundary } from '../time/frame-clock.ts';
import type { FrameClock } from '../time/frame-clock.ts';
import type { SegmentDraft } from './segment.ts';

/** What cues become segments of. */
export interface CueSegmentRequest {
  /** On the film's clock; any order, may overlap. */
  readonly cues: readonly Cue[];
  readonly clock: FrameClock;
  /** Between the cues: keep the film's own mouth, or make gap segments there too. */
  readonly between: 'keep' | 'rest';
  /** The frames during which the voice sounds; gap segments stay inside. */
  readonly voiceRange: FrameRange;
}

const joinTexts = (first: string, second: string): string =>
  [first, second].filter((text) => text !== '').join('\n');

/**
 * One segment per cue: the cue's frames, clipped to the film. Of two cues that overlap, the earlier keeps its frames
 * and the later begins where it ends, so that moving one cue moves nothing before it; a cue wholly covered by earlier
 * ones gives its text to the segment that covers its beginning. Cues of less than a frame vanish.
 * @returns Drafts in film order that do not overlap.
 */
export function segmentsFromCues(request: CueSegmentRequest): SegmentDraft[] {
  const { clock, cues } = request;
  const film: FrameRange = { startFrame: 0, endFrame: clock.frameCount };
  const ordered = cues
    .map((cue, index) => ({ cue, index }))
    .toSorted((a, b) => a.cue.startMs - b.cue.startMs || a.cue.endMs - b.cue.endMs || a.index - b.index);
  const drafts: SegmentDraft[] = [];
  for (const { cue } of ordered) {
    const wanted = intersectRanges(film, {
      startFrame: nearestBoundary(clock, cue.startMs / 1000),
      endFrame: nearestBoundary(clock, cue.endMs / 1000),
    });
    if (frameCountOf(wanted) === 0) continue;
    const last = drafts.at(-1);
    const startFrame = Math.max(wanted.startFrame, last?.endFrame ?? 0);
    if (startFrame < wanted.endFrame) {
      drafts.push({ startFrame, endFrame: wanted.endFrame, origin: 'cue', text: cue.text });
    } else {
      giveText(drafts, wanted.startFrame, cue.text);
    }
  }
  return request.between === 'keep' ? drafts : withGaps(drafts, intersectRanges(film, request.voiceRange));
}

function giveText(drafts: SegmentDraft[], frame: number, text: string): void {
  const index = drafts.findLastIndex((draft) => draft.startFrame <= frame);
  const draft = drafts[index];
  if (draft) drafts[index] = { ...draft, text: joinTexts(draft.text, text) };
}

function withGaps(drafts: readonly SegmentDraft[], voiceRange: FrameRange): SegmentDraft[] {
  const gaps = gapsBetween(drafts, voiceRange).map((gap): SegmentDraft => ({
    ...gap,
    origin: 'gap',
    text: '',
  }));
  return [...drafts, ...gaps].toSorted((a, b) => a.startFrame - b.startFrame);
}

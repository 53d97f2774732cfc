/** A run of frames; `endFrame` is exclusive. Empty when `endFrame <= startFrame`. */
export interface FrameRange {
  readonly startFrame: number;
  readonly endFrame: number;
}

/** How many frames lie in the range; 0 for an empty one. */
export function frameCountOf(range: FrameRange): number {
  return Math.max(0, range.endFrame - range.startFrame);
}

/** The frames that both ranges hold; empty (start = end) where they do not meet. */
export function intersectRanges(a: FrameRange, b: FrameRange): FrameRange {
  const startFrame = Math.max(a.startFrame, b.startFrame);
  return { startFrame, endFrame: Math.max(startFrame, Math.min(a.endFrame, b.endFrame)) };
}

/** Whether both ranges are the same frames. */
export function rangesEqual(a: FrameRange, b: FrameRange): boolean {
  return a.startFrame === b.startFrame && a.endFrame === b.endFrame;
}

/** Shared frames over all frames of both, 0 to 1; 1 for equal ranges, 0 for strangers and for empty ranges. */
export function rangeOverlap(a: FrameRange, b: FrameRange): number {
  const shared = frameCountOf(intersectRanges(a, b));
  return shared === 0 ? 0 : shared / (frameCountOf(a) + frameCountOf(b) - shared);
}

/** Joins touching and overlapping ranges into the fewest, in order; empty ranges vanish. */
export function mergeRanges(ranges: readonly FrameRange[]): FrameRange[] {
  const sorted = ranges
    .filter((range) => frameCountOf(range) > 0)
    .toSorted((a, b) => a.startFrame - b.startFrame || a.endFrame - b.endFrame);
  const merged: FrameRange[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last === undefined || range.startFrame > last.endFrame) merged.push(range);
    else if (range.endFrame > last.endFrame)
      merged[merged.length - 1] = { startFrame: last.startFrame, endFrame: range.endFrame };
  }
  return merged;
}

/** The frames of `whole` that no range holds, in order. */
export function gapsBetween(ranges: readonly FrameRange[], whole: FrameRange): FrameRange[] {
  const gaps: FrameRange[] = [];
  let nextFrame = whole.startFrame;
  for (const range of mergeRanges(ranges)) {
    gaps.push({ startFrame: nextFrame, endFrame: Math.min(range.startFrame, whole.endFrame) });
    nextFrame = Math.max(nextFrame, range.endFrame);
  }
  gaps.push({ startFrame: nextFrame, endFrame: whole.endFrame });
  return gaps.filter((gap) => frameCountOf(gap) > 0);
}

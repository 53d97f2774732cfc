import { frameCountOf, rangeOverlap, rangesEqual } from '../time/frame-range.ts';
import type { Segment, SegmentDraft } from './segment.ts';

/** From this share of common frames on, two ranges are taken for the same segment moved a little. */
const sameSegmentOverlap = 0.5;

type Likeness = (earlier: Segment, draft: SegmentDraft) => number;

/** Rules of sameness, strictest first; each gives 0 for strangers and more for the more alike. */
const rules: readonly Likeness[] = [
  (earlier, draft) => (rangesEqual(earlier, draft) && earlier.text === draft.text ? 1 : 0),
  (earlier, draft) => (rangesEqual(earlier, draft) ? 1 : 0),
  (earlier, draft) => {
    if (draft.text === '' || earlier.text !== draft.text) return 0;
    return 1 / (1 + Math.abs(earlier.startFrame - draft.startFrame));
  },
  (earlier, draft) => {
    const overlap = rangeOverlap(earlier, draft);
    return overlap >= sameSegmentOverlap ? overlap : 0;
  },
];

/**
 * Gives every draft the id of the earlier segment that it is: the same frames and words, else the same frames, else
 * the same words (the nearest in time), else mostly the same frames. Others get new ids. Every id is given once.
 * @param newId Called once for each segment that was not there before.
 */
export function reconcileSegments(
  earlier: readonly Segment[],
  drafts: readonly SegmentDraft[],
  newId: () => string,
): Segment[] {
  const ids = new Map<SegmentDraft, string>();
  const unclaimed = new Set(earlier);
  for (const likeness of rules) {
    const open = drafts.filter((draft) => !ids.has(draft) && frameCountOf(draft) > 0);
    const pairs = open.flatMap((draft) =>
      [...unclaimed].flatMap((segment) => {
        const score = likeness(segment, draft);
        return score > 0 ? [{ draft, segment, score }] : [];
      }),
    );
    // Sorting is stable, so equal scores keep film order.
    for (const { draft, segment } of pairs.toSorted((a, b) => b.score - a.score)) {
      if (ids.has(draft) || !unclaimed.has(segment)) continue;
      ids.set(draft, segment.id);
      unclaimed.delete(segment);
    }
  }
  return drafts.map((draft) => ({ ...draft, id: ids.get(draft) ?? newId() }));
}

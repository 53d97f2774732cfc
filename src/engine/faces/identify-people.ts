/** What is known of a track when people are told apart. */
export interface TrackPortrait {
  readonly trackId: number;
  readonly startFrame: number;
  /** exclusive */
  readonly endFrame: number;
  readonly observedFrames: number;
  /** Mean descriptor of the track's best frames, length 1; null when it has none. */
  readonly descriptor: Float32Array | null;
}

/** Groups of tracks more alike than this (mean cosine over all pairs) are one person. */
export const samePersonSimilarity = 0.65;

interface Group {
  readonly tracks: readonly TrackPortrait[];
}

function overlaps(a: TrackPortrait, b: TrackPortrait): boolean {
  return a.startFrame < b.endFrame && b.startFrame < a.endFrame;
}

function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}

/** Mean similarity of all pairs across two groups, or null when they can never be one person. */
function similarityOf(a: Group, b: Group): number | null {
  let sum = 0;
  for (const one of a.tracks)
    for (const other of b.tracks) {
      if (overlaps(one, other) || one.descriptor === null || other.descriptor === null) return null;
      sum += cosine(one.descriptor, other.descriptor);
    }
  return sum / (a.tracks.length * b.tracks.length);
}

/** Joins the two most alike groups until none are alike enough (average linkage). */
function joinGroups(groups: Group[]): Group[] {
  for (;;) {
    let best: { similarity: number; a: Group; b: Group } | null = null;
    for (const [i, a] of groups.entries())
      for (const b of groups.slice(i + 1)) {
        const similarity = similarityOf(a, b);
        if (similarity !== null && similarity >= (best?.similarity ?? samePersonSimilarity))
          best = { similarity, a, b };
      }
    if (best === null) return groups;
    const { a, b } = best;
    groups = [
      ...groups.filter((group) => group !== a && group !== b),
      { tracks: [...a.tracks, ...b.tracks] },
    ];
  }
}

/**
 * Tells which tracks show the same person, across shots and within one. Two faces to be seen at the same time are
 * never one person. People are numbered from 1 by screen time, the earlier one first where it is equal.
 * @returns person id by track id
 */
export function identifyPeople(portraits: readonly TrackPortrait[]): ReadonlyMap<number, number> {
  const screenTime = (group: Group): number =>
    group.tracks.reduce((sum, track) => sum + track.observedFrames, 0);
  const firstFrame = (group: Group): number => Math.min(...group.tracks.map((track) => track.startFrame));
  const groups = joinGroups(portraits.map((portrait) => ({ tracks: [portrait] })));
  groups.sort((a, b) => screenTime(b) - screenTime(a) || firstFrame(a) - firstFrame(b));
  return new Map(groups.flatMap((group, i) => group.tracks.map((track) => [track.trackId, i + 1] as const)));
}

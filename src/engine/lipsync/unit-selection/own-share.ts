import type { LipSegment } from '../types.ts';
import type { PersonTable } from './person-table.ts';

/** Frames over which a segment passes from the film's own mouth to the borrowed one. */
const fadeFrames = 3;
/** A mouth seen less than this is covered (a hand, a cup) and left alone; from the other value on it is replaced. */
const coveredVisibility = 0.15;
const seenVisibility = 0.4;
/** Heads turned further than this show too little of a mouth to lay one in; between the two it fades. */
const fullYawDegrees = 45;
const lastYawDegrees = 60;
/** A cover's edge trembles; what hides a mouth hides it for its neighbours too. */
const steadyFrames = 2;

/**
 * How much of the film's own mouth each frame of a segment keeps: 1 where the mouth is covered or turned away, falling
 * to 0 where it is well seen; fading over a few frames where the segment stands alone.
 */
export function ownShares(segment: LipSegment, table: PersonTable): Float32Array {
  const { startFrame, endFrame } = segment;
  const hidden = Float32Array.from({ length: endFrame - startFrame }, (_, t) =>
    hiddenShare(table, startFrame + t),
  );
  return hidden.map((_share, t) => {
    let own = edgeShare(segment, startFrame + t);
    for (let step = -steadyFrames; step <= steadyFrames; step++) {
      own = Math.max(
        own,
        (hidden[t + step] ?? 0) * (step === 0 ? 1 : 1 - Math.abs(step) / (steadyFrames + 1)),
      );
    }
    return own;
  });
}

function hiddenShare(table: PersonTable, frame: number): number {
  if (table.trackIds[frame] < 0) return 0;
  const covered = (seenVisibility - table.visibility[frame]) / (seenVisibility - coveredVisibility);
  const turned = (Math.abs(table.poses[2 * frame]) - fullYawDegrees) / (lastYawDegrees - fullYawDegrees);
  return Math.min(Math.max(covered, turned, 0), 1);
}

function edgeShare({ startFrame, endFrame, fadeIn, fadeOut }: LipSegment, frame: number): number {
  const fromEdge = Math.min(
    fadeIn === true ? frame - startFrame : Infinity,
    fadeOut === true ? endFrame - 1 - frame : Infinity,
  );
  return Math.max(0, 1 - (fromEdge + 1) / (fadeFrames + 1));
}

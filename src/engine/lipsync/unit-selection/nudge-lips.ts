import { faceUnit } from './mouth-geometry.ts';

/** Lower and upper lip from corner to corner, inner and outer edge, and the chin below: who moves how far. */
const lowerRows: readonly (readonly number[])[] = [
  [78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308],
  [61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291],
];
const upperRows: readonly (readonly number[])[] = [
  [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308],
  [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291],
];
const chinRow: readonly number[] = [
  18, 83, 313, 200, 201, 421, 199, 208, 428, 175, 171, 396, 152, 148, 377, 176, 400,
];
const lowerShare = 0.8;
const chinShare = 0.55;

/** A borrowed mouth may be opened or closed by this share of its own opening; more would show. */
const stretchLimit = 0.35;
/**
 * Where the lips must meet, this share more: the teeth between them vanish. Beyond it the warp would have to fold; what
 * is left of a gap of 0.04 looks closed.
 */
const closingLimit = 0.45;
/** How much of what is missing is made up for; all of it where the lips must meet. */
const gain = 0.7;
/** Below this opening the lips touch: there is no inside to show. */
const touching = 0.015;

/** What the lips of a segment should do and what those borrowed do, frame by frame. */
export interface NudgeRequest {
  /** Opening wanted, in eye-corner distances. */
  readonly wanted: Float32Array;
  /** Opening of the donors, same unit. */
  readonly borrowed: Float32Array;
  /** How surely the lips meet, 0 to 1; nowhere when absent. */
  readonly closure?: Float32Array;
}

/**
 * How far to open (positive) or close borrowed mouths so that they come closer to the shape wanted, per frame. A closed
 * mouth has no inside to show and is never pulled open. Smoothed over three frames, except where lips must meet: a p
 * lasts no longer than a frame or two.
 */
export function planNudges({ wanted, borrowed, closure }: NudgeRequest): Float32Array {
  const closed = (t: number): number => closure?.[t] ?? 0;
  const sharp = wanted.map((opening, t) => {
    const own = Math.max(borrowed[t], 0);
    const missing = (gain + (1 - gain) * closed(t)) * (Math.max(opening, 0) - own);
    const least = -own * (stretchLimit + closingLimit * closed(t));
    return Math.min(Math.max(missing, least), own < touching ? 0 : stretchLimit * own);
  });
  return sharp.map((value, t) => {
    const before = sharp[Math.max(t - 1, 0)];
    const after = sharp[Math.min(t + 1, sharp.length - 1)];
    const smooth = (before + 2 * value + after) / 4;
    return value < smooth ? smooth + closed(t) * (value - smooth) : smooth;
  });
}

/** Moves the lips of a destination mesh apart by `opening` eye-corner distances, in place, along the face's own axis. */
export function nudgeLips(destination: Float32Array, opening: number): void {
  if (opening === 0) return;
  const length = faceUnit(destination) * opening;
  const axis = [0, 1, 2].map((k) => destination[3 * 152 + k] - destination[3 * 168 + k]);
  const norm = Math.hypot(...axis) || 1;
  const move = (point: number, share: number): void => {
    for (let k = 0; k < 3; k++) destination[3 * point + k] += (share * length * axis[k]) / norm;
  };
  const alongRow = (row: readonly number[], share: number): void => {
    row.forEach((point, i) => move(point, share * Math.sin((Math.PI * i) / (row.length - 1))));
  };
  for (const row of lowerRows) alongRow(row, lowerShare);
  for (const row of upperRows) alongRow(row, lowerShare - 1);
  for (const point of chinRow) move(point, chinShare);
}

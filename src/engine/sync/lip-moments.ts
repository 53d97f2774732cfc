import { lipFeatureCount } from '../faces/lip-features.ts';
import { smoothMeshes } from '../faces/smooth-meshes.ts';
import { momentRateHz, type LipTable } from './types.ts';

/** Frames farther apart than this are not joined: between them the mouth was not seen. */
const longestGapSeconds = 0.13;
/** Before the first and after the last seen frame its lips stand for themselves this long. */
const holdSeconds = 0.03;
/** Landmark jitter is smoothed over this span, as in training; films of up to 28 frames a second are left as they are. */
const smoothingSeconds = 0.14;

/** Lips at moments: what the lip network takes, and where it may be believed. */
export interface LipMoments {
  /** [12 × count], features along the first axis as the network wants them; 0 where nothing was seen. */
  readonly values: Float32Array;
  /** 1 where the mouth was seen. */
  readonly seen: Uint8Array;
}

/**
 * Lips at moments `start` to `start + count`: smoothed a little, then read between frames along cubics. A table may hold
 * more of the film than is asked for, and moments may lie outside it.
 */
export function lipMoments(table: LipTable, start: number, count: number): LipMoments {
  const frames = seenFrames(table);
  const values = new Float32Array(lipFeatureCount * count);
  const seen = new Uint8Array(count);
  let after = 0;
  for (let i = 0; i < count; i++) {
    const now = (start + i + 0.5) / momentRateHz;
    while (after < frames.length && frames[after].seconds < now) after++;
    const lips = lipsBetween(frames, after, now);
    if (lips === null) continue;
    seen[i] = 1;
    for (let k = 0; k < lipFeatureCount; k++) values[k * count + i] = lips(k);
  }
  return { values, seen };
}

interface SeenFrame {
  readonly seconds: number;
  readonly lips: Float32Array;
}

function seenFrames({ features, seconds }: LipTable): SeenFrame[] {
  const rows = Array.from({ length: features.length / lipFeatureCount }, (_, row) => {
    const lips = features.subarray(row * lipFeatureCount, (row + 1) * lipFeatureCount);
    return Number.isNaN(lips[0]) ? null : lips;
  });
  const span = smoothingSpan(seconds, rows.length);
  const smooth = span > 3 ? smoothMeshes(rows, span) : rows;
  return smooth.flatMap((lips, row) => (lips === null ? [] : [{ seconds: seconds[row], lips }]));
}

/** Odd number of frames; a parabola through 3 leaves them as they are. */
function smoothingSpan(seconds: ArrayLike<number>, count: number): number {
  const steps = Array.from({ length: Math.max(0, count - 1) }, (_, i) => seconds[i + 1] - seconds[i]);
  const step = steps.sort((a, b) => a - b).at(steps.length >> 1) ?? Infinity;
  return 2 * (Math.floor(smoothingSeconds / step) >> 1) + 1;
}

/** Reads feature k at a moment that lies before `frames[after]` and behind the frame before; null where not seen. */
function lipsBetween(
  frames: readonly SeenFrame[],
  after: number,
  now: number,
): ((k: number) => number) | null {
  const left = frames.at(after - 1 < 0 ? frames.length : after - 1);
  const right = frames.at(after);
  if (left === undefined || right === undefined || right.seconds - left.seconds > longestGapSeconds) {
    const held =
      left !== undefined && now - left.seconds <= holdSeconds
        ? left
        : right !== undefined && right.seconds - now <= holdSeconds
          ? right
          : null;
    return held === null ? null : (k) => held.lips[k];
  }
  const length = right.seconds - left.seconds;
  const t = (now - left.seconds) / length;
  const before = joined(frames.at(after - 2 < 0 ? frames.length : after - 2), left);
  const behind = joined(frames.at(after + 1), right);
  return (k) => {
    const rise = slope(left, right, k);
    const from =
      before === null ? rise : tangent(slope(before, left, k), left.seconds - before.seconds, rise, length);
    const to =
      behind === null ? rise : tangent(slope(right, behind, k), behind.seconds - right.seconds, rise, length);
    return hermite(t, left.lips[k], right.lips[k], [from * length, to * length]);
  };
}

/** A neighbour, unless the mouth was not seen between the two. */
function joined(neighbour: SeenFrame | undefined, frame: SeenFrame): SeenFrame | null {
  if (neighbour === undefined) return null;
  return Math.abs(neighbour.seconds - frame.seconds) <= longestGapSeconds ? neighbour : null;
}

function slope(a: SeenFrame, b: SeenFrame, k: number): number {
  return (b.lips[k] - a.lips[k]) / (b.seconds - a.seconds);
}

/** Slope at the middle of three points, of the parabola through them: each side's slope counts by the other's length. */
function tangent(slopeA: number, lengthA: number, slopeB: number, lengthB: number): number {
  return (slopeA * lengthB + slopeB * lengthA) / (lengthA + lengthB);
}

/** Cubic Hermite: from `a` to `b` with these tangents, at 0 ≤ t ≤ 1. */
function hermite(t: number, a: number, b: number, [from, to]: readonly [number, number]): number {
  const [t2, t3] = [t * t, t * t * t];
  return (2 * t3 - 3 * t2 + 1) * a + (t3 - 2 * t2 + t) * from + (3 * t2 - 2 * t3) * b + (t3 - t2) * to;
}

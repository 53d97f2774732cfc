import { lipFeatureCount } from '../faces/lip-features.ts';
import { momentRateHz, type LipTable } from './types.ts';

/** Frames farther apart than this are not joined: between them the mouth was not seen. */
const longestGapSeconds = 0.13;
/** Before the first and after the last seen frame its lips stand for themselves this long. */
const holdSeconds = 0.03;

/** Lips at moments: what the lip network takes, and where it may be believed. */
export interface LipMoments {
  /** [12 × count], features along the first axis as the network wants them; 0 where nothing was seen. */
  readonly values: Float32Array;
  /** 1 where the mouth was seen. */
  readonly seen: Uint8Array;
}

/**
 * Lips at moments `start` to `start + count`, interpolated in a straight line between the frames around each. A table
 * may hold more of the film than is asked for, and moments may lie outside it.
 */
export function lipMoments(table: LipTable, start: number, count: number): LipMoments {
  const { features, seconds } = table;
  const rows = seenRows(features);
  const values = new Float32Array(lipFeatureCount * count);
  const seen = new Uint8Array(count);
  let after = 0;
  for (let i = 0; i < count; i++) {
    const now = (start + i + 0.5) / momentRateHz;
    while (after < rows.length && seconds[rows[after]] < now) after++;
    const left = after > 0 ? rows[after - 1] : -1;
    const right = after < rows.length ? rows[after] : -1;
    const share = shareOfRight(now, left < 0 ? null : seconds[left], right < 0 ? null : seconds[right]);
    if (share === null) continue;
    seen[i] = 1;
    for (let k = 0; k < lipFeatureCount; k++) {
      const a = share < 1 ? features[left * lipFeatureCount + k] * (1 - share) : 0;
      const b = share > 0 ? features[right * lipFeatureCount + k] * share : 0;
      values[k * count + i] = a + b;
    }
  }
  return { values, seen };
}

/** Numbers of the rows that hold a mouth. */
function seenRows(features: Float32Array): Int32Array {
  const rows: number[] = [];
  for (let row = 0; row * lipFeatureCount < features.length; row++)
    if (!Number.isNaN(features[row * lipFeatureCount])) rows.push(row);
  return Int32Array.from(rows);
}

/** How much the later of two frames counts at a moment, 0 to 1; null where neither is near enough. */
function shareOfRight(now: number, left: number | null, right: number | null): number | null {
  if (left !== null && right !== null && right - left <= longestGapSeconds)
    return (now - left) / (right - left);
  if (left !== null && now - left <= holdSeconds) return 0;
  return right !== null && right - now <= holdSeconds ? 1 : null;
}

import type { DistanceLog } from './distance-log.ts';
import { medianFilter } from './median-filter.ts';
import { syncNetFrameMs, syncNetOffsetCount, syncNetReach, type SyncNetNumbers } from './types.ts';

/** torch's `pairwise_distance` adds it to every difference so that its gradient exists; here it keeps the numbers the same. */
const epsilon = 1e-6;
const confidenceFilter = 9;

/** Euclidean distance as `torch.nn.functional.pairwise_distance` computes it; null stands for a vector of zeros. */
export function pairwiseDistance(a: Float32Array, b: Float32Array | null): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - (b === null ? 0 : b[i]) + epsilon) ** 2;
  return Math.sqrt(sum);
}

/** SyncNet's arithmetic over one stretch: `calc_pdist` and `evaluate` of its `SyncNetInstance.py`, window by window. */
export class SyncDistances {
  readonly #log: DistanceLog;
  readonly #sums = new Float64Array(syncNetOffsetCount);
  readonly #row = new Float32Array(syncNetOffsetCount);

  /** `log` is empty and stays the caller's to close. */
  constructor(log: DistanceLog) {
    this.#log = log;
  }

  /**
   * Adds the next window.
   * @param sounds embeddings of the sound windows from 15 before to 15 after the window's own; null beyond both ends,
   *   where SyncNet puts zeros
   */
  add(face: Float32Array, sounds: readonly (Float32Array | null)[]): void {
    for (let k = 0; k < syncNetOffsetCount; k++) {
      this.#row[k] = pairwiseDistance(face, sounds[k]);
      this.#sums[k] += this.#row[k];
    }
    this.#log.append(this.#row);
  }

  /** The numbers of all windows so far; null when there are none or when the embeddings were no numbers. */
  finish(): SyncNetNumbers | null {
    const count = this.#log.rowCount;
    const curve = Float32Array.from(this.#sums, (sum) => sum / count);
    if (count === 0 || !curve.every(Number.isFinite)) return null;
    const median = curve.slice().sort()[syncNetReach];
    const best = curve.indexOf(Math.min(...curve));
    const frameDistance = this.#log.column(best);
    return {
      lseD: curve[best],
      lseC: median - curve[best],
      avOffsetFrames: syncNetReach - best,
      // Number `best` compares each face with the sound best − 15 windows later.
      offsetMs: (best - syncNetReach) * syncNetFrameMs,
      curve,
      frameConfidence: medianFilter(
        frameDistance.map((distance) => median - distance),
        confidenceFilter,
      ),
      frameDistance,
    };
  }
}

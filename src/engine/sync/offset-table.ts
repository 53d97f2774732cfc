import { momentRateHz, offsetCount, searchMoments } from './types.ts';
import type { Embeddings, LipEmbeddings } from './sync-expert.ts';

/** Moments that are summed up together: 0.2 s. */
export const binMoments = 10;
/** Behind the distance sums of a bin: moments compared, and sum and square sum of the opening over them. */
const extras = 3;
const binFloats = offsetCount + extras;
const [countAt, openingAt, squareAt] = [offsetCount, offsetCount + 1, offsetCount + 2];

/** What one stretch of lips and sound has in common. */
export interface OffsetSums {
  /** Mean distance at each offset, −600 ms first; NaN where nothing was compared. */
  readonly curve: Float32Array;
  readonly comparedSeconds: number;
  /** Standard deviation of the z-scored opening over the compared moments. */
  readonly movement: number;
}

/**
 * Distances between lips and sound at every offset, summed in bins of 0.2 s: 1.3 KB a second of film is all that
 * stays, and any stretch can be judged afterwards.
 */
export class OffsetTable {
  readonly #startMoment: number;
  readonly #bins: Float32Array;

  /** For moments `startMoment` to `endMoment` (exclusive). */
  constructor(startMoment: number, endMoment: number) {
    this.#startMoment = Math.floor(startMoment / binMoments) * binMoments;
    const bins = Math.ceil(Math.max(0, endMoment - this.#startMoment) / binMoments);
    this.#bins = new Float32Array(bins * binFloats);
  }

  /** First moment of the table; a multiple of `binMoments`. */
  get startMoment(): number {
    return this.#startMoment;
  }

  /** Behind the last moment. */
  get endMoment(): number {
    return this.#startMoment + (this.#bins.length / binFloats) * binMoments;
  }

  /**
   * Adds a block of moments from `start` on.
   * @param request.sound embeddings of the moments from `start − searchMoments` to as far behind the block's end
   * @param request.counts 1 for moments that are compared
   */
  add(request: {
    readonly start: number;
    readonly lips: LipEmbeddings;
    readonly sound: Embeddings;
    readonly counts: Uint8Array;
  }): void {
    const { counts, lips, sound, start } = request;
    const { opening, size } = lips;
    if (sound.size !== size) throw new RangeError(`embeddings of ${size} and ${sound.size} numbers`);
    for (let i = 0; i < counts.length; i++) {
      if (counts[i] === 0) continue;
      const bin = Math.floor((start + i - this.#startMoment) / binMoments) * binFloats;
      if (bin < 0 || bin >= this.#bins.length) continue;
      for (let offset = 0; offset < offsetCount; offset++) {
        let cosine = 0;
        const other = (i + offset) * size;
        for (let d = 0; d < size; d++) cosine += lips.data[i * size + d] * sound.data[other + d];
        this.#bins[bin + offset] += Math.sqrt(Math.max(0, 2 - 2 * cosine));
      }
      this.#bins[bin + countAt]++;
      this.#bins[bin + openingAt] += opening[i];
      this.#bins[bin + squareAt] += opening[i] * opening[i];
    }
  }

  /** Sums over some stretches of moments together; bins that lie partly inside count in part. */
  sums(stretches: readonly (readonly [number, number])[]): OffsetSums {
    const total = new Float64Array(binFloats);
    for (const [start, end] of stretches) this.#addStretch(total, start, end);
    return sumsOf(total);
  }

  /** Sums over everything in several tables. */
  static sumsOfAll(tables: readonly OffsetTable[], start = -Infinity, end = Infinity): OffsetSums {
    const total = new Float64Array(binFloats);
    for (const table of tables) table.#addStretch(total, start, end);
    return sumsOf(total);
  }

  #addStretch(total: Float64Array, start: number, end: number): void {
    const from = Math.max(start, this.#startMoment);
    const to = Math.min(end, this.endMoment);
    if (to <= from) return;
    const first = Math.floor((from - this.#startMoment) / binMoments);
    const last = Math.ceil((to - this.#startMoment) / binMoments);
    for (let bin = first; bin < last; bin++) {
      const binStart = this.#startMoment + bin * binMoments;
      const share = (Math.min(to, binStart + binMoments) - Math.max(from, binStart)) / binMoments;
      for (let k = 0; k < binFloats; k++) total[k] += share * this.#bins[bin * binFloats + k];
    }
  }
}

function sumsOf(total: Float64Array): OffsetSums {
  const count = total[countAt];
  const mean = total[openingAt] / count;
  return {
    curve: Float32Array.from({ length: offsetCount }, (_, offset) => total[offset] / count),
    comparedSeconds: count / momentRateHz,
    movement: count > 0 ? Math.sqrt(Math.max(0, total[squareAt] / count - mean * mean)) : 0,
  };
}

/** The offset that stands at a place of a curve, milliseconds. */
export function offsetMsAt(place: number): number {
  return ((place - searchMoments) * 1000) / momentRateHz;
}

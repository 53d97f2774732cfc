import { momentRateHz, offsetCount, searchMoments } from './types.ts';
import type { Embeddings, LipEmbeddings } from './sync-expert.ts';

/** Moments that are summed up together: 0.2 s. */
export const binMoments = 10;
/** Lips around a block by which is judged how near its sounds lie to all lips. */
export const lipMarginMoments = 2 * searchMoments;
/** Sound around a block that these lips are compared with. */
export const soundMarginMoments = lipMarginMoments + searchMoments;
/** As many lips as these are taken to lie at the usual distance from every sound. */
const priorLips = 5;
/** Behind the distance sums of a bin: moments counted, those with voice, and sum and square sum of the opening there. */
const extras = 4;
const binFloats = offsetCount + extras;
const [countAt, voicedAt, openingAt, squareAt] = [0, 1, 2, 3].map((i) => offsetCount + i);

/** What one stretch of lips and sound has in common. */
export interface OffsetSums {
  /** Mean distance at each offset, −600 ms first; NaN where nothing was compared. */
  readonly curve: Float32Array;
  readonly comparedSeconds: number;
  /** Standard deviation of the z-scored opening over the compared moments. */
  readonly movement: number;
}

/** A block of moments to be compared. */
export interface ComparedBlock {
  readonly start: number;
  readonly count: number;
  /** From `lipMarginMoments` before the block to as far behind it. */
  readonly lips: LipEmbeddings;
  /** From `soundMarginMoments` before the block to as far behind it. */
  readonly sound: Embeddings;
  /** Per moment of `lips`: 1 where it counts. */
  readonly counts: Uint8Array;
  /** Per moment of `lips`: 1 where it counts and somebody speaks. */
  readonly voiced: Uint8Array;
}

/**
 * Distances between lips and sound at every offset, summed in bins of 0.2 s: 1.3 KB a second of film is all that
 * stays, and any stretch can be judged afterwards.
 *
 * Some sounds lie near to all lips. How near a sound lies to the lips of the 0.6 s around it is therefore taken off
 * its distances, against the mean over all offsets (on eight close-ups, in sync was told from 240 to 600 ms out of
 * sync on 1 s in 96.1 instead of 95.1 of 100 pairs).
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

  /** Adds a block; parts of it that lie outside the table are left out. */
  add(block: ComparedBlock): void {
    const distances = distancesOf(block);
    const farness = farnessOf(block, distances);
    for (let i = 0; i < block.count; i++) {
      const row = lipMarginMoments + i;
      const bin = Math.floor((block.start + i - this.#startMoment) / binMoments) * binFloats;
      if (block.counts[row] === 0 || bin < 0 || bin >= this.#bins.length) continue;
      const usual = meanOf(farness, row, offsetCount);
      for (let place = 0; place < offsetCount; place++)
        this.#bins[bin + place] += distances[row * offsetCount + place] - farness[row + place] + usual;
      this.#bins[bin + countAt]++;
      if (block.voiced[row] === 0) continue;
      const opening = block.lips.opening[row];
      this.#bins[bin + voicedAt]++;
      this.#bins[bin + openingAt] += opening;
      this.#bins[bin + squareAt] += opening * opening;
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
  const voiced = total[voicedAt];
  const mean = total[openingAt] / voiced;
  return {
    curve: Float32Array.from({ length: offsetCount }, (_, place) => total[place] / total[countAt]),
    comparedSeconds: voiced / momentRateHz,
    movement: voiced > 0 ? Math.sqrt(Math.max(0, total[squareAt] / voiced - mean * mean)) : 0,
  };
}

/** Distances of every lip moment that counts to the sounds around it: row-major [lips × offsets], 0 elsewhere. */
function distancesOf({ counts, lips, sound }: ComparedBlock): Float32Array {
  const { size } = lips;
  if (sound.size !== size) throw new RangeError(`embeddings of ${size} and ${sound.size} numbers`);
  const distances = new Float32Array(counts.length * offsetCount);
  for (let row = 0; row < counts.length; row++) {
    if (counts[row] === 0) continue;
    const lip = row * size;
    for (let place = 0; place < offsetCount; place++) {
      const heard = (row + place) * size;
      let cosine = 0;
      for (let d = 0; d < size; d++) cosine += lips.data[lip + d] * sound.data[heard + d];
      distances[row * offsetCount + place] = Math.sqrt(Math.max(0, 2 - 2 * cosine));
    }
  }
  return distances;
}

/** How much farther than usual each sound lies from the lips around it; as many numbers as `sound` has moments. */
function farnessOf({ counts }: ComparedBlock, distances: Float32Array): Float32Array {
  const sums = new Float32Array(counts.length + offsetCount - 1);
  const lips = new Float32Array(sums.length);
  for (let row = 0; row < counts.length; row++) {
    if (counts[row] === 0) continue;
    const usual = meanOf(distances, row * offsetCount, offsetCount);
    for (let place = 0; place < offsetCount; place++) {
      sums[row + place] += distances[row * offsetCount + place] - usual;
      lips[row + place]++;
    }
  }
  return sums.map((sum, i) => sum / (lips[i] + priorLips));
}

function meanOf(values: Float32Array, start: number, count: number): number {
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += values[i];
  return sum / count;
}

/** The offset that stands at a place of a curve, milliseconds. */
export function offsetMsAt(place: number): number {
  return ((place - searchMoments) * 1000) / momentRateHz;
}

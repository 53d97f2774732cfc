import type { Rational } from '../../core/time/rational.ts';
import type { PresentationTable } from './types.ts';

/**
 * Builds a frame grid from time stamps in display order.
 * Stamps that are missing (NaN) or do not rise are made up: one usual distance after the frame before, or as much of it
 * as the next good stamp leaves room for. Such a table is `countOnly`.
 * @param stamps one per frame, in `timeBase`
 * @param startTicks the container's start in the same ticks; becomes zero
 * @param lastDuration ticks for which the last frame is shown; null when unknown, then as long as is usual
 */
export function buildTable(request: {
  readonly stamps: readonly number[];
  readonly timeBase: Rational;
  readonly startTicks: number;
  readonly lastDuration: number | null;
}): PresentationTable {
  const { stamps, timeBase, startTicks } = request;
  const usual = usualDistance(stamps);
  const ticks = new Float64Array(stamps.length + 1);
  let countOnly = false;
  let previous: number | null = null;
  for (const [i, stamp] of stamps.entries()) {
    const isGood: boolean = !Number.isNaN(stamp) && (previous === null || stamp > previous);
    const shown: number = isGood ? stamp : madeUpStamp(stamps, i, previous, usual);
    if (!isGood) countOnly = true;
    ticks[i] = shown - startTicks;
    previous = shown;
  }
  const lastDuration =
    request.lastDuration !== null && request.lastDuration > 0 ? request.lastDuration : usual;
  ticks[stamps.length] = (previous ?? startTicks) + lastDuration - startTicks;
  const table = { timeBase, frameCount: stamps.length, ticks, isVariableRate: isVariable(ticks) };
  return countOnly ? { ...table, countOnly: true } : table;
}

function madeUpStamp(stamps: readonly number[], i: number, previous: number | null, usual: number): number {
  if (previous === null) {
    const next = stamps.findIndex((stamp) => !Number.isNaN(stamp));
    return next < 0 ? 0 : stamps[next] - usual * next;
  }
  let next = i + 1;
  while (next < stamps.length && !(stamps[next] > previous)) next += 1;
  const room = next < stamps.length ? (stamps[next] - previous) / (next - i + 1) : usual;
  return previous + Math.max(1, Math.min(usual, Math.floor(room)));
}

/** Median distance between neighbours, at least one tick. */
function usualDistance(stamps: readonly number[]): number {
  const distances: number[] = [];
  for (let i = 1; i < stamps.length; i++) {
    const distance = stamps[i] - stamps[i - 1];
    if (distance > 0) distances.push(distance);
  }
  distances.sort((a, b) => a - b);
  return distances.length === 0 ? 1 : distances[Math.floor(distances.length / 2)];
}

/**
 * A constant rate, rounded to ticks, keeps within one tick of a straight line; half a tick is left for files whose
 * stamps were rounded twice (millisecond containers made from 90 kHz ones).
 */
function isVariable(ticks: Float64Array): boolean {
  const count = ticks.length - 1;
  if (count < 3) return false;
  let [smallest, largest] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 1; i < count; i++) {
    const distance = ticks[i] - ticks[i - 1];
    smallest = Math.min(smallest, distance);
    largest = Math.max(largest, distance);
  }
  if (smallest === largest) return false;
  if (largest - smallest > 2) return true;
  const slope = fittedSlope(ticks, count);
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < count; i++) {
    const deviation = ticks[i] - slope * i;
    lowest = Math.min(lowest, deviation);
    highest = Math.max(highest, deviation);
  }
  return highest - lowest > 1.5;
}

/** Least squares, over the first `count` ticks. */
function fittedSlope(ticks: Float64Array, count: number): number {
  const middle = (count - 1) / 2;
  const first = ticks[0];
  let [products, squares] = [0, 0];
  for (let i = 0; i < count; i++) {
    products += (i - middle) * (ticks[i] - first);
    squares += (i - middle) ** 2;
  }
  return products / squares;
}

/** When frame `index` appears, in seconds from the container's start; `index` may be `frameCount` (the film's end). */
export function secondsOfFrame(table: PresentationTable, index: number): number {
  if (!(index in table.ticks)) throw new RangeError(`frame ${index} of ${table.frameCount}`);
  return (table.ticks[index] * table.timeBase.num) / table.timeBase.den;
}

/**
 * The frame on screen at a moment, in seconds from the container's start: the last one that has appeared. Before the
 * first frame that is frame 0, after the end the last frame.
 */
export function frameAtSeconds(table: PresentationTable, seconds: number): number {
  // A moment computed from a frame's own tick must find that frame, whatever the division rounded away.
  const tick = (seconds * table.timeBase.den) / table.timeBase.num + 1e-6;
  let [low, high] = [0, table.frameCount - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (table.ticks[middle] <= tick) low = middle;
    else high = middle - 1;
  }
  return low;
}

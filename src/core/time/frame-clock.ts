import type { Rational } from './rational.ts';

/** When each frame of a film is shown; the shape that a probed film's table has, as plain data. */
export interface FrameClock {
  readonly timeBase: Rational;
  readonly frameCount: number;
  /**
   * `frameCount + 1` rising integers in `timeBase`, relative to the film's start; the last is where the last frame
   * ends.
   */
  readonly ticks: ArrayLike<number>;
}

/**
 * Seconds from the film's start to the moment when a frame appears; `frame === frameCount` gives the film's end.
 * @throws RangeError outside 0 to frameCount.
 */
export function frameStartSeconds(clock: FrameClock, frame: number): number {
  const tick = clock.ticks[frame];
  if (tick === undefined || frame > clock.frameCount) {
    throw new RangeError(`frame ${frame} of ${clock.frameCount}`);
  }
  return (tick * clock.timeBase.num) / clock.timeBase.den;
}

/** Seconds from the film's start to the end of its last frame. */
export function filmEndSeconds(clock: FrameClock): number {
  return frameStartSeconds(clock, clock.frameCount);
}

/** First index in 0 to frameCount + 1 whose tick lies after `tick` (upper bound). */
function firstAfter(clock: FrameClock, tick: number): number {
  let low = 0;
  let high = clock.frameCount + 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((clock.ticks[middle] ?? Infinity) <= tick) low = middle + 1;
    else high = middle;
  }
  return low;
}

const toTicks = (clock: FrameClock, seconds: number): number =>
  (seconds * clock.timeBase.den) / clock.timeBase.num;

/** The frame on screen at a moment; the first frame before the film's first tick, the last one after its end. */
export function frameAtSeconds(clock: FrameClock, seconds: number): number {
  // A moment computed from a tick may fall a rounding error short of it.
  const index = firstAfter(clock, toTicks(clock, seconds) + 1e-6) - 1;
  return Math.min(Math.max(index, 0), Math.max(0, clock.frameCount - 1));
}

/**
 * The frame boundary nearest to a moment, 0 to frameCount; halfway goes to the later one. Cuts snap here, so that a
 * cue that begins a hair after a frame still owns that frame.
 */
export function nearestBoundary(clock: FrameClock, seconds: number): number {
  const tick = toTicks(clock, seconds);
  const after = Math.min(firstAfter(clock, tick), clock.frameCount);
  if (after === 0) return 0;
  const before = after - 1;
  const toBefore = tick - (clock.ticks[before] ?? 0);
  const toAfter = (clock.ticks[after] ?? 0) - tick;
  return toBefore < toAfter ? before : after;
}

/** Where a sound of a given rate lies against the film. */
export interface SoundPlacement {
  readonly sampleRateHz: number;
  /** When sample 0 sounds, milliseconds from the film's start; may be negative. */
  readonly startMs: number;
}

/** The sample that sounds when a frame appears, rounded; negative before the sound begins. */
export function sampleAtFrame(clock: FrameClock, frame: number, placement: SoundPlacement): number {
  const seconds = frameStartSeconds(clock, frame) - placement.startMs / 1000;
  return Math.round(seconds * placement.sampleRateHz);
}

/** The film second at which a sample sounds. */
export function sampleToSeconds(sample: number, placement: SoundPlacement): number {
  return sample / placement.sampleRateHz + placement.startMs / 1000;
}

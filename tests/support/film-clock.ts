import fc from 'fast-check';
import type { FrameClock } from '../../src/core/time/frame-clock.ts';

/** A film of constant rate. */
export function steadyClock(frameCount: number, framesPerSecond: number): FrameClock {
  const ticks = Array.from({ length: frameCount + 1 }, (_, index) => index);
  return { timeBase: { num: 1, den: framesPerSecond }, frameCount, ticks };
}

/** Films of up to 20 s at 10 to 60 frames a second, some of variable rate. */
export const filmClocks: fc.Arbitrary<FrameClock> = fc
  .record({
    frameCount: fc.integer({ min: 1, max: 500 }),
    stepMs: fc.integer({ min: 16, max: 100 }),
    wobble: fc.integer({ min: 0, max: 15 }),
  })
  .map(({ frameCount, stepMs, wobble }) => {
    const ticks = Array.from(
      { length: frameCount + 1 },
      (_, index) => index * stepMs + ((index * 7) % (wobble + 1)),
    );
    return { timeBase: { num: 1, den: 1000 }, frameCount, ticks };
  });

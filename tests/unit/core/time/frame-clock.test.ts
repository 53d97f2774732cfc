import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  filmEndSeconds,
  frameAtSeconds,
  frameStartSeconds,
  nearestBoundary,
  sampleAtFrame,
  sampleToSeconds,
} from '../../../../src/core/time/frame-clock.ts';
import type { FrameClock } from '../../../../src/core/time/frame-clock.ts';

const rising = (steps: readonly number[], first: number): number[] =>
  steps.reduce<number[]>((ticks, step) => [...ticks, (ticks.at(-1) ?? 0) + step], [first]);

/** Any film: variable distances between frames, any time base, a first frame that need not be at 0. */
const clocks: fc.Arbitrary<FrameClock> = fc
  .record({
    steps: fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 60 }),
    first: fc.integer({ min: 0, max: 3_000 }),
    timeBase: fc.constantFrom({ num: 1, den: 90_000 }, { num: 1001, den: 30_000 }, { num: 1, den: 1_000 }),
  })
  .map(({ first, steps, timeBase }) => ({ timeBase, frameCount: steps.length, ticks: rising(steps, first) }));

const clockAndFrame = clocks.chain((clock) =>
  fc.record({ clock: fc.constant(clock), frame: fc.integer({ min: 0, max: clock.frameCount - 1 }) }),
);

test('the moment when a frame appears shows that frame, and is nearest to its own boundary', () => {
  fc.assert(
    fc.property(clockAndFrame, ({ clock, frame }) => {
      const seconds = frameStartSeconds(clock, frame);
      assert.equal(frameAtSeconds(clock, seconds), frame);
      assert.equal(nearestBoundary(clock, seconds), frame);
    }),
  );
});

test('the nearest boundary is as near as a look at every boundary finds', () => {
  fc.assert(
    fc.property(clocks, fc.double({ min: -1, max: 200, noNaN: true }), (clock, seconds) => {
      const distanceTo = (boundary: number): number => Math.abs(frameStartSeconds(clock, boundary) - seconds);
      const least = Math.min(
        ...Array.from({ length: clock.frameCount + 1 }, (_, index) => distanceTo(index)),
      );
      assert.ok(distanceTo(nearestBoundary(clock, seconds)) <= least + 1e-9);
    }),
  );
});

test('moments outside the film belong to its ends', () => {
  const clock: FrameClock = { timeBase: { num: 1, den: 25 }, frameCount: 3, ticks: [0, 1, 2, 3] };
  assert.equal(frameAtSeconds(clock, -5), 0);
  assert.equal(frameAtSeconds(clock, 99), 2);
  assert.equal(nearestBoundary(clock, -5), 0);
  assert.equal(nearestBoundary(clock, 99), 3);
  assert.equal(filmEndSeconds(clock), 0.12);
  assert.throws(() => frameStartSeconds(clock, 4), RangeError);
});

test('halfway between two boundaries goes to the later one', () => {
  const clock: FrameClock = { timeBase: { num: 1, den: 10 }, frameCount: 3, ticks: [0, 2, 4, 6] };
  assert.equal(nearestBoundary(clock, 0.3), 2);
  assert.equal(nearestBoundary(clock, 0.29), 1);
});

test('samples of consecutive frames follow each other without gap or overlap, whatever the voice start', () => {
  fc.assert(
    fc.property(clockAndFrame, fc.integer({ min: -9_000, max: 9_000 }), ({ clock, frame }, startMs) => {
      const placement = { sampleRateHz: 16_000, startMs };
      const sample = sampleAtFrame(clock, frame, placement);
      assert.ok(sample <= sampleAtFrame(clock, frame + 1, placement));
      assert.ok(
        Math.abs(sampleToSeconds(sample, placement) - frameStartSeconds(clock, frame)) <= 0.5001 / 16_000,
      );
    }),
  );
});

import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  frameCountOf,
  gapsBetween,
  mergeRanges,
  rangeOverlap,
} from '../../../../src/core/time/frame-range.ts';
import type { FrameRange } from '../../../../src/core/time/frame-range.ts';

const ranges = fc.array(
  fc.record({ startFrame: fc.integer({ min: 0, max: 40 }), endFrame: fc.integer({ min: 0, max: 40 }) }),
  { maxLength: 12 },
);
const framesOf = (list: readonly FrameRange[]): Set<number> =>
  new Set(
    list.flatMap(({ startFrame, endFrame }) => {
      const count = Math.max(0, endFrame - startFrame);
      return Array.from({ length: count }, (_, index) => startFrame + index);
    }),
  );

test('merging keeps exactly the same frames in the fewest ranges', () => {
  fc.assert(
    fc.property(ranges, (list) => {
      const merged = mergeRanges(list);
      assert.deepEqual(
        [...framesOf(merged)],
        [...framesOf(list)].toSorted((a, b) => a - b),
      );
      for (const [index, range] of merged.entries()) {
        assert.ok(range.startFrame > (merged[index - 1]?.endFrame ?? -1), 'ranges that touch are one');
      }
    }),
  );
});

test('ranges and the gaps between them make up the whole, once', () => {
  fc.assert(
    fc.property(ranges, (list) => {
      const whole = { startFrame: 5, endFrame: 30 };
      const gaps = gapsBetween(list, whole);
      const covered = framesOf(list);
      const expected = [...framesOf([whole])].filter((frame) => !covered.has(frame));
      assert.deepEqual([...framesOf(gaps)], expected);
      assert.equal(
        gaps.reduce((sum, gap) => sum + frameCountOf(gap), 0),
        expected.length,
      );
    }),
  );
});

test('overlap is the share of common frames', () => {
  assert.equal(rangeOverlap({ startFrame: 0, endFrame: 10 }, { startFrame: 0, endFrame: 10 }), 1);
  assert.equal(rangeOverlap({ startFrame: 0, endFrame: 10 }, { startFrame: 5, endFrame: 15 }), 1 / 3);
  assert.equal(rangeOverlap({ startFrame: 0, endFrame: 10 }, { startFrame: 10, endFrame: 15 }), 0);
  assert.equal(rangeOverlap({ startFrame: 3, endFrame: 3 }, { startFrame: 3, endFrame: 3 }), 0);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FilmGrid } from '../../../../../src/engine/sync/syncnet/film-grid.ts';
import { buildTable, secondsOfFrame } from '../../../../../src/engine/media/presentation-table.ts';
import type { PresentationTable } from '../../../../../src/engine/media/types.ts';

function tableOf(stamps: readonly number[], lastDuration: number | null = null): PresentationTable {
  return buildTable({ stamps, timeBase: { num: 1, den: 1000 }, startTicks: 0, lastDuration });
}

test('a film of 25 frames a second is its own grid; of 50, every other frame', () => {
  const usual = new FilmGrid(tableOf(Array.from({ length: 30 }, (_, i) => i * 40)));
  assert.deepEqual(usual.rangeOf(0, 30), [0, 30]);
  assert.deepEqual(usual.rangeOf(7, 12), [7, 12]);
  for (let g = 0; g < 30; g++) assert.equal(usual.sourceFrameOf(g), g);
  const fast = new FilmGrid(tableOf(Array.from({ length: 60 }, (_, i) => i * 20)));
  assert.deepEqual(fast.rangeOf(0, 60), [0, 30]);
  for (let g = 0; g < 30; g++) assert.equal(fast.sourceFrameOf(g), 2 * g);
});

test('a slow film is shown several times, and a late start from its first frame', () => {
  const slow = new FilmGrid(tableOf([0, 100, 200]));
  assert.deepEqual(slow.rangeOf(0, 3), [0, 8]);
  assert.deepEqual(
    Array.from({ length: 8 }, (_, g) => slow.sourceFrameOf(g)),
    [0, 0, 1, 1, 2, 2, 2, 2],
  );
  assert.equal(new FilmGrid(tableOf([500, 540, 580])).sourceFrameOf(3), 0);
});

test('whatever the rate: nearest in time, and ranges side by side share nothing and miss nothing', () => {
  const films = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 2, maxLength: 60 });
  fc.assert(
    fc.property(films, fc.nat(), (steps, cut) => {
      let at = -steps[0];
      const table = tableOf(
        steps.map((step) => (at += step)),
        40,
      );
      const grid = new FilmGrid(table);
      const { frameCount } = table;
      const [first, end] = grid.rangeOf(0, frameCount);
      assert.equal(first, 0);
      for (let g = 0; g < end; g++) {
        const distanceTo = (frame: number): number => Math.abs(secondsOfFrame(table, frame) - g / 25);
        const nearest = Math.min(...Array.from({ length: frameCount }, (_, frame) => distanceTo(frame)));
        assert.ok(distanceTo(grid.sourceFrameOf(g)) <= nearest + 1e-6);
      }
      const middle = cut % frameCount;
      const [, endOfLeft] = grid.rangeOf(0, middle);
      const [startOfRight] = grid.rangeOf(middle, frameCount);
      assert.equal(endOfLeft, startOfRight);
      for (let g = 0; g < end; g++) assert.equal(g < endOfLeft, grid.sourceFrameOf(g) < middle);
    }),
  );
});

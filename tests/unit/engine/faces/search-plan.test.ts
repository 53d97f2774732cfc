import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { squareOverlap, withoutDoubles } from '../../../../src/engine/faces/blazeface.ts';
import { searchLevels } from '../../../../src/engine/faces/search-plan.ts';

const pictureSide = fc.integer({ min: 64, max: 4320 });

test('every place of a picture is shown at every level, and a small face whole in some square', () => {
  fc.assert(
    fc.property(
      pictureSide,
      pictureSide,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (width, height, u, v) => {
        for (const squares of searchLevels(width, height)) {
          const [{ size }] = squares;
          const face = size * 0.3;
          const x = face / 2 + u * Math.max(0, width - face);
          const y = face / 2 + v * Math.max(0, height - face);
          const shows = squares.some(
            ({ centreX, centreY }) =>
              Math.abs(centreX - x) <= (size - face) / 2 + 1e-6 &&
              Math.abs(centreY - y) <= (size - face) / 2 + 1e-6,
          );
          assert.ok(shows || face > Math.min(width, height), `${width}x${height} face ${face} at ${x},${y}`);
        }
      },
    ),
  );
});

test('the first level is the whole picture, and the search stays affordable', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 240, max: 4320 }),
      fc.double({ min: 0.4, max: 2.5, noNaN: true }),
      (width, aspect) => {
        const height = Math.max(240, Math.round(width / aspect));
        const levels = searchLevels(width, height);
        assert.equal(levels[0].length, 1);
        assert.equal(levels[0][0].size, Math.max(width, height));
        assert.ok(levels.flat().length <= 40, `${width}x${height}: ${levels.flat().length} squares`);
      },
    ),
  );
});

test('of detections over each other the surest stays', () => {
  const at = (centreX: number, score: number) => ({ centreX, centreY: 50, size: 40, angle: 0, score });
  const kept = withoutDoubles([at(50, 0.6), at(54, 0.9), at(120, 0.5), at(58, 0.7)]);
  assert.deepEqual(
    kept.map(({ centreX }) => centreX),
    [54, 120],
  );
  assert.equal(squareOverlap(at(0, 1), at(0, 1)), 1);
  assert.equal(squareOverlap(at(0, 1), at(40, 1)), 0);
  assert.ok(Math.abs(squareOverlap(at(0, 1), at(20, 1)) - 1 / 3) < 1e-9);
});

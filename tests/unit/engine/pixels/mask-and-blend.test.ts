import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blendPlanes } from '../../../../src/engine/pixels/blend-planes.ts';
import { chromaMask, featheredPolygon } from '../../../../src/engine/pixels/feather-mask.ts';
import {
  boxInPlane,
  boxOnChromaGrid,
  copyOfPlane,
  planeShiftOf,
} from '../../../../src/engine/pixels/plane-geometry.ts';
import { upsample } from '../../../../src/engine/pixels/upsample.ts';
import { frameOf, planarFormats } from '../../../support/planar-frames.ts';

const box = { x: 10, y: 20, width: 60, height: 50 };
const hexagon = [25, 24.5, 55, 24.5, 66, 45, 55, 65.5, 25, 65.5, 14, 45];
const hexagonArea = 30 * 41 + 11 * 41;

test('a polygon without feather covers exactly its area', () => {
  const { values } = featheredPolygon({ corners: hexagon, box, featherPx: 0 });
  const area = values.reduce((sum, value) => sum + value, 0);
  assert.ok(Math.abs(area - hexagonArea) < 5, `${area} not ${hexagonArea}`);
});

test('the feather lies inside: nothing outside is touched, the middle is whole, the slope is smooth', () => {
  const plain = featheredPolygon({ corners: hexagon, box, featherPx: 0 }).values;
  const soft = featheredPolygon({ corners: hexagon, box, featherPx: 7 }).values;
  soft.forEach((value, i) => {
    assert.ok(value >= 0 && value <= 1);
    if (plain[i] === 0) assert.equal(value, 0);
  });
  const middleRow = soft.subarray(25 * 60, 26 * 60);
  assert.ok(middleRow[30] > 0.999);
  const steps = middleRow.slice(1).map((value, i) => Math.abs(value - middleRow[i]));
  assert.ok(Math.max(...steps) < 0.45);
  const cut = featheredPolygon({
    corners: hexagon,
    box: { x: 30, y: 30, width: 20, height: 30 },
    featherPx: 9,
  });
  assert.ok(
    cut.values.subarray(0, 20).every((value) => value < 0.2),
    'fades where the box cuts it',
  );
});

test('a wide feather drawn on a coarse grid keeps its shape', () => {
  const large = hexagon.map((value) => value * 6);
  const wide = { x: 60, y: 120, width: 360, height: 300 };
  const plain = featheredPolygon({ corners: large, box: wide, featherPx: 0 }).values;
  const soft = featheredPolygon({ corners: large, box: wide, featherPx: 36 }).values;
  const at = (x: number, y: number): number => (y - wide.y) * wide.width + x - wide.x;
  for (let y = 130; y < 410; y += 3) {
    for (let x = 75; x < 405; x += 3) {
      const isFarOutside = [-10, 0, 10].every((d) => plain[at(x + d, y)] === 0 && plain[at(x, y + d)] === 0);
      if (isFarOutside) assert.equal(soft[at(x, y)], 0, `${x}, ${y}`);
    }
  }
  assert.ok(soft[at(240, 270)] > 0.999);
  const row = soft.subarray(at(60, 270), at(60, 270) + 180);
  for (let x = 1; x < row.length; x++) assert.ok(row[x] - row[x - 1] >= -1e-6 && row[x] - row[x - 1] < 0.07);
});

const anyFormat = fc.constantFrom(...Object.values(planarFormats));

test('samples with mask 0 stay bit for bit, whatever is laid over them', () => {
  fc.assert(
    fc.property(
      anyFormat,
      fc.integer({ min: 33, max: 50 }),
      fc.infiniteStream(fc.nat(255)),
      (format, width, rough) => {
        const next = (): number => Number(rough.next().value);
        const frame = frameOf({
          format,
          width,
          height: 31,
          value: (p, x, y) => (p * 37 + x * 11 + y * 7) % 251,
        });
        const inside = boxOnChromaGrid({ x: 3, y: 5, width: 21, height: 17 }, format, frame);
        const values = Float32Array.from({ length: inside.width * inside.height }, () =>
          Math.max(0, (next() - 128) / 127),
        );
        const mask = { box: inside, values };
        const patch = blendPlanes(frame, mask, (_, area) =>
          new Float32Array(area.width * area.height).map(() => next() * 40 - 3000),
        );
        assert.equal(patch.planes.length, frame.planes.length);
        patch.planes.forEach((plane, index) => {
          const shift = planeShiftOf(format, index);
          const before = copyOfPlane(frame.planes[index], boxInPlane(inside, shift));
          assert.deepEqual([plane.width, plane.height], [before.width, before.height]);
          const weights = chromaMask(mask, shift);
          before.data.forEach((value, i) => {
            if (index === 3 || weights[i] === 0) assert.equal(plane.data[i], value);
          });
        });
      },
    ),
    { numRuns: 40 },
  );
});

test('a chroma sample changes only where every pixel that it colours may change', () => {
  const shift = { x: 1, y: 1 } as const;
  const values = new Float32Array(16).fill(0.8);
  values[5] = 0;
  values[11] = 0.3;
  const least = chromaMask({ box: { x: 0, y: 0, width: 4, height: 4 }, values }, shift);
  assert.deepEqual([...least], [0, 0.8, 0.8, 0.3].map(Math.fround));
});

test('a whole mask puts the new samples in, rounded and within the format’s range', () => {
  const frame = frameOf({ format: planarFormats.yuv420p10le, width: 16, height: 16, value: () => 500 });
  const area = { x: 4, y: 4, width: 8, height: 8 };
  const mask = { box: area, values: new Float32Array(64).fill(1) };
  const patch = blendPlanes(frame, mask, (plane, { width, height }) =>
    new Float32Array(width * height).fill([700.4, 5000, -9][plane]),
  );
  assert.deepEqual(
    patch.planes.map(({ data }) => [...new Set(data)]),
    [[700], [1023], [0]],
  );
});

test('boxes grow to the chroma grid and stay inside a picture of odd size', () => {
  const format = planarFormats.yuv420p;
  const picture = { width: 175, height: 99 };
  const grown = boxOnChromaGrid({ x: 171, y: 93, width: 20, height: 20 }, format, picture);
  assert.deepEqual(grown, { x: 170, y: 92, width: 4, height: 6 });
  const outside = boxOnChromaGrid({ x: -9, y: -9, width: 4, height: 4 }, format, picture);
  assert.equal(outside.width * outside.height, 0);
});

test('Catmull-Rom is exact for parabolas and passes through its samples', () => {
  const grid = { width: 12, height: 10, values: new Float32Array(120) };
  const surface = (x: number, y: number): number => 3 + x - 2 * y + 0.25 * x * x - 0.5 * y * y;
  for (let i = 0; i < 120; i++) grid.values[i] = surface(i % 12, Math.floor(i / 12));
  const same = upsample({ grid, x0: 0, y0: 0, stepX: 1, stepY: 1, width: 12, height: 10 });
  assert.deepEqual(same, grid.values);
  const fine = upsample({ grid, x0: 1.3, y0: 2.1, stepX: 0.37, stepY: 0.21, width: 20, height: 20 });
  fine.forEach((value, i) => {
    const wanted = surface(1.3 + (i % 20) * 0.37, 2.1 + Math.floor(i / 20) * 0.21);
    assert.ok(Math.abs(value - wanted) < 1e-3, `${value} not ${wanted}`);
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  applySimilarity,
  fitSimilarity,
  invertSimilarity,
  type Similarity3,
} from '../../../../src/engine/faces/rigid-alignment.ts';

const coordinate = fc.double({ min: -50, max: 50, noNaN: true });
const cloud = fc.array(coordinate, { minLength: 36, maxLength: 90 }).map((values) => {
  const points = new Float32Array(Math.floor(values.length / 3) * 3);
  points.set(values.slice(0, points.length));
  // A tetrahedron in front keeps every drawn cloud spatial.
  points.set([0, 0, 0, 60, 0, 0, 0, 60, 0, 0, 0, 60]);
  return points;
});

function turn(yaw: number, pitch: number, roll: number): Float64Array {
  const [a, b, c] = [Math.cos(roll), Math.cos(yaw), Math.cos(pitch)];
  const [d, e, f] = [Math.sin(roll), Math.sin(yaw), Math.sin(pitch)];
  // prettier-ignore
  return Float64Array.of(a * b, a * e * f - d * c, a * e * c + d * f, d * b, d * e * f + a * c, d * e * c - a * f, -e, b * f, b * c);
}

const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
const similarity: fc.Arbitrary<Similarity3> = fc.record({
  scale: fc.double({ min: 0.05, max: 20, noNaN: true }),
  rotation: fc.tuple(angle, angle, angle).map(([yaw, pitch, roll]) => turn(yaw, pitch, roll)),
  translation: fc.tuple(coordinate, coordinate, coordinate).map((t) => Float64Array.from(t)),
});

const indicesOf = (points: Float32Array): number[] => [...Array(points.length / 3).keys()];

function largestDistance(a: Float32Array, b: Float32Array): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] ?? NaN))), 0);
}

test('a similarity is found again from the points it moved', () => {
  fc.assert(
    fc.property(cloud, similarity, (from, truth) => {
      const to = applySimilarity(truth, from);
      const found = fitSimilarity(from, to, indicesOf(from));
      assert.ok(Math.abs(found.scale / truth.scale - 1) < 1e-4);
      assert.ok(largestDistance(applySimilarity(found, from), to) < 1e-4 * (1 + truth.scale * 100));
    }),
  );
});

test('only the named points count', () => {
  fc.assert(
    fc.property(cloud, similarity, (from, truth) => {
      const to = applySimilarity(truth, from);
      for (let i = 12; i < to.length; i += 1) to[i] += 1000;
      const found = fitSimilarity(from, to, [0, 1, 2, 3]);
      assert.ok(Math.abs(found.scale / truth.scale - 1) < 1e-4);
    }),
  );
});

test('a mirrored cloud is matched by a rotation, never by a mirror', () => {
  fc.assert(
    fc.property(cloud, (from) => {
      const mirrored = from.map((value, i) => (i % 3 === 0 ? -value : value));
      const r = fitSimilarity(from, mirrored, indicesOf(from)).rotation;
      const determinant =
        r[0] * (r[4] * r[8] - r[5] * r[7]) -
        r[1] * (r[3] * r[8] - r[5] * r[6]) +
        r[2] * (r[3] * r[7] - r[4] * r[6]);
      assert.ok(Math.abs(determinant - 1) < 1e-9);
    }),
  );
});

test('no other similarity near the answer is closer', () => {
  fc.assert(
    fc.property(cloud, cloud, similarity, (from, noise, truth) => {
      const count = Math.min(from.length, noise.length);
      const to = applySimilarity(truth, from.subarray(0, count)).map(
        (value, i) => value + (noise[i] ?? 0) * 0.1,
      );
      const points = indicesOf(to);
      const found = fitSimilarity(from, to, points);
      const cost = (s: Similarity3): number =>
        applySimilarity(s, from.subarray(0, count)).reduce((sum, v, i) => sum + (v - to[i]) ** 2, 0);
      const least = cost(found);
      const nudge = turn(0.01, -0.01, 0.005);
      const turned = Float64Array.from({ length: 9 }, (_, i) => {
        const [row, column] = [Math.floor(i / 3), i % 3];
        return [0, 1, 2].reduce((sum, k) => sum + nudge[row * 3 + k] * found.rotation[k * 3 + column], 0);
      });
      assert.ok(cost({ ...found, scale: found.scale * 1.01 }) >= least * (1 - 1e-6));
      assert.ok(cost({ ...found, rotation: turned }) >= least * (1 - 1e-6));
      assert.ok(
        cost({ ...found, translation: found.translation.map((t) => t + 0.05) }) >= least * (1 - 1e-6),
      );
    }),
  );
});

test('the inverse brings points home', () => {
  fc.assert(
    fc.property(cloud, similarity, (from, truth) => {
      const there = applySimilarity(truth, from);
      const back = applySimilarity(invertSimilarity(truth), there);
      assert.ok(largestDistance(back, from) < 1e-3);
    }),
  );
  assert.throws(
    () => invertSimilarity(fitSimilarity(new Float32Array(9), new Float32Array(9), [0, 1, 2])),
    RangeError,
  );
});

test('a mesh may be moved in place', () => {
  const mesh = Float32Array.of(1, 2, 3, 4, 5, 6);
  const s = { scale: 2, rotation: turn(0, 0, Math.PI / 2), translation: Float64Array.of(1, 1, 1) };
  const expected = applySimilarity(s, mesh);
  assert.equal(applySimilarity(s, mesh, mesh), mesh);
  assert.deepEqual(mesh, expected);
});

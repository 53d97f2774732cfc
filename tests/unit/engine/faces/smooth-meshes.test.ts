import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { savitzkyGolayWeights, smoothMeshes } from '../../../../src/engine/faces/smooth-meshes.ts';

const one = (value: number): Float32Array => Float32Array.of(value, -value, 2 * value);

test('the centred five-point filter has the published weights', () => {
  const expected = [-3, 12, 17, 12, -3].map((weight) => weight / 35);
  savitzkyGolayWeights(5, 2).forEach((weight, i) => assert.ok(Math.abs(weight - expected[i]) < 1e-12));
});

test('a parabola passes unchanged, to its very ends', () => {
  const coefficient = fc.double({ min: -3, max: 3, noNaN: true });
  fc.assert(
    fc.property(coefficient, coefficient, fc.integer({ min: 9, max: 40 }), (a, b, length) => {
      const meshes = Array.from({ length }, (_, i) => one(a * (i / 10) ** 2 + b * i));
      for (const windowFrames of [5, 9])
        smoothMeshes(meshes, windowFrames).forEach((mesh, i) =>
          assert.ok(Math.abs((mesh?.[0] ?? NaN) - meshes[i][0]) < 1e-3),
        );
    }),
  );
});

test('what lies beyond a gap does not matter', () => {
  const near = [1, 5, 2, 8, 3, 9].map(one);
  const a = smoothMeshes([...near, null, ...[0, 0, 0, 0, 0].map(one)]);
  const b = smoothMeshes([...near, null, ...[90, -9, 7, 1000, 4].map(one)]);
  assert.deepEqual(a.slice(0, 7), b.slice(0, 7));
  assert.equal(a[6], null);
  assert.notDeepEqual(a[2], near[2]);
});

test('noise shrinks, and the input is left alone', () => {
  // The "minimal standard" generator (Park and Miller 1988): white noise that is the same on every run.
  let seed = 1;
  const meshes = Array.from({ length: 400 }, () => {
    seed = (seed * 48271) % 2147483647;
    return one(seed / 2147483647 - 0.5);
  });
  const copy = meshes.map((mesh) => mesh.slice());
  const power = (list: readonly (Float32Array | null)[]): number =>
    list.reduce((sum, mesh) => sum + (mesh?.[0] ?? NaN) ** 2, 0);
  const ratio = power(smoothMeshes(meshes)) / power(meshes);
  assert.ok(ratio > 0.35 && ratio < 0.65, `variance ratio ${ratio}, in theory 17/35`);
  assert.deepEqual(meshes, copy);
});

test('stretches shorter than the window stay as they are; a wrong window is refused', () => {
  const meshes = [one(1), one(4), one(2), null, one(9)];
  assert.deepEqual(smoothMeshes(meshes), meshes);
  for (const windowFrames of [4, 1, 2.5]) assert.throws(() => smoothMeshes(meshes, windowFrames), RangeError);
});

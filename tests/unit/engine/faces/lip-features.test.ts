import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lipComponents } from '../../../../src/engine/faces/lip-components.ts';
import { lipFeatureCount, lipFeaturesOf } from '../../../../src/engine/faces/lip-features.ts';
import { lipOutlineSize } from '../../../../src/engine/faces/lip-outline.ts';
import { referenceFace } from '../../../../src/engine/faces/reference-face.ts';

test('lip components are orthogonal directions of unit length', () => {
  assert.equal(lipFeatureCount, 12);
  for (const [i, a] of lipComponents.entries()) {
    assert.equal(a.length, lipOutlineSize);
    for (const [j, b] of lipComponents.entries()) {
      const dot = a.reduce((sum, value, k) => sum + value * b[k], 0);
      assert.ok(Math.abs(dot - (i === j ? 1 : 0)) < 1e-3, `component ${i + 1} · ${j + 1} = ${dot}`);
    }
  }
});

test('lip features do not change when the head moves, turns or comes nearer', () => {
  const still = lipFeaturesOf(referenceFace);
  const [c, s, scale] = [Math.cos(0.4), Math.sin(0.4), 173];
  const moved = referenceFace.slice();
  for (let i = 0; i < moved.length; i += 3) {
    const [x, y, z] = referenceFace.subarray(i, i + 3);
    moved.set([scale * (c * x - s * z) + 400, scale * y + 220, scale * (s * x + c * z)], i);
  }
  lipFeaturesOf(moved).forEach((value, k) => assert.ok(Math.abs(value - still[k]) < 1e-4, `feature ${k}`));
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  sampleSpline,
  splineOf,
  type Raster,
} from '../../../../../src/engine/lipsync/unit-selection/resample.ts';
import { seededRandom } from '../../../../support/seeded-random.ts';

const size = 64;
const whole = { x: 0, y: 0, width: size, height: size };

function raster(value: (x: number, y: number) => number): Raster {
  const data = Uint16Array.from({ length: size * size }, (_, i) => value(i % size, Math.floor(i / size)));
  return { data, width: size, height: size };
}

/** Variance of the Laplacian of a spline sampled at a shifted grid, away from the edges. */
function sharpnessAt(spline: Raster, dx: number, dy: number): number {
  const at = (x: number, y: number): number => sampleSpline(spline, x + dx, y + dy);
  let squares = 0;
  let count = 0;
  for (let y = 4; y < size - 4; y++) {
    for (let x = 4; x < size - 4; x++) {
      squares += (4 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1)) ** 2;
      count++;
    }
  }
  return squares / count;
}

describe('sampling between pixels', () => {
  it('gives every sample back where it lies', () => {
    const random = seededRandom(1);
    const noise = raster(() => Math.floor(1000 * random()));
    const spline = splineOf(noise, whole);
    for (let y = 1; y < size - 2; y++) {
      for (let x = 1; x < size - 2; x++)
        assert.ok(Math.abs(sampleSpline(spline, x, y) - noise.data[y * size + x]) < 0.01);
    }
  });

  it('follows a smooth picture between its samples', () => {
    const wave = (x: number, y: number): number => 2000 + 900 * Math.sin(x / 3 + y / 4);
    const spline = splineOf(raster(wave), whole);
    for (const [x, y] of [
      [20.5, 30.5],
      [33.25, 12.75],
      [41.9, 50.1],
    ])
      assert.ok(Math.abs(sampleSpline(spline, x, y) - wave(x, y)) < 12);
  });

  it('takes a part of a plane as the plane has it', () => {
    const random = seededRandom(2);
    const noise = raster(() => Math.floor(255 * random()));
    const part = splineOf(noise, { x: 8, y: 12, width: 40, height: 32 });
    assert.ok(Math.abs(sampleSpline(part, 10, 10) - noise.data[22 * size + 18]) < 0.01);
  });

  it("keeps a film's grain wherever it is moved: no shift loses or gains a quarter of its sharpness", () => {
    const random = seededRandom(3);
    const white = Float32Array.from({ length: size * size }, () => 1000 * random());
    // Film grain as codecs leave it: no two neighbours independent.
    const grain = raster((x, y) => {
      let sum = 0;
      for (const [dx, dy, weight] of [
        [0, 0, 4],
        [1, 0, 2],
        [0, 1, 2],
        [1, 1, 1],
        [-1, 0, 2],
        [0, -1, 2],
      ])
        sum +=
          weight *
          white[Math.min(size - 1, Math.max(0, y + dy)) * size + Math.min(size - 1, Math.max(0, x + dx))];
      return sum;
    });
    const spline = splineOf(grain, whole);
    const still = sharpnessAt(spline, 0, 0);
    for (const [dx, dy] of [
      [0.25, 0.25],
      [0.5, 0],
      [0.5, 0.5],
      [0.1, 0.7],
    ]) {
      const kept = sharpnessAt(spline, dx, dy) / still;
      assert.ok(kept > 0.75 && kept < 1.25, `${kept.toFixed(2)} at ${dx}, ${dy}`);
    }
  });
});

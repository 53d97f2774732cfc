import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shapeIndex, shapeOf } from '../../../../../src/engine/lipsync/unit-selection/lip-predictor.ts';
import { lipTargetsOf } from '../../../../../src/engine/lipsync/unit-selection/lip-targets.ts';
import {
  shapeSize,
  type PersonTable,
} from '../../../../../src/engine/lipsync/unit-selection/person-table.ts';
import { targetCosts } from '../../../../../src/engine/lipsync/unit-selection/target-costs.ts';
import { arrayPcm } from '../../../../support/array-pcm.ts';
import { seededRandom } from '../../../../support/seeded-random.ts';

const fps = 25;
const rest = shapeOf({ opening: -1.2, width: -0.3, jaw: -0.8 });
const trust = new Float32Array(shapeSize).fill(0.5);
const width = shapeIndex('width');

/** Two seconds: speech with a pause from 0.8 to 1.4 s. */
const random = seededRandom(2);
const voice = arrayPcm(
  Float32Array.from({ length: 32_000 }, (_, i) =>
    i >= 12_800 && i < 22_400 ? 0 : 0.4 * (random() - 0.5) * (1.1 + Math.sin(i / 700)),
  ),
);
const seconds = Float64Array.from({ length: 2 * fps }, (_, i) => (i + 0.5) / fps);

function targetsFor(closureAt: (frame: number) => number) {
  const shapes = new Float32Array(seconds.length * shapeSize);
  for (let i = 0; i < seconds.length; i++) shapes.set(shapeOf({ opening: 1, width: 0.7 }), i * shapeSize);
  const closure = Float32Array.from(seconds, (_moment, i) => closureAt(i));
  return lipTargetsOf({ shapes, closure }, { voice, seconds }, { rest, trust });
}

describe('lip targets', () => {
  it('rest inside a pause, once the lips had time to close, and follow the voice elsewhere', () => {
    const { shapes, resting, closure } = targetsFor(() => 0);
    const opening = (frame: number): number => shapes[frame * shapeSize];
    for (let frame = 24; frame <= 29; frame++) {
      assert.equal(resting[frame], 1, `frame ${frame} rests`);
      assert.ok(Math.abs(opening(frame) - rest[0]) < 1e-6);
      assert.equal(closure[frame], 1);
    }
    for (const frame of [5, 18, 20, 34, 45]) {
      assert.equal(resting[frame], 0, `frame ${frame} speaks`);
      assert.equal(opening(frame), 1);
    }
    const steps = Array.from({ length: 49 }, (_, i) => Math.abs(opening(i + 1) - opening(i)));
    assert.ok(Math.max(...steps) < 0.8 * (1 - rest[0]), 'no step from open to closed in one frame');
  });

  it('close the lips where they are heard to meet, keeping their width', () => {
    const { shapes, closure } = targetsFor((frame) => (frame === 10 ? 0.95 : frame === 11 ? 0.4 : 0));
    assert.equal(closure[10], 1);
    assert.ok(Math.abs(shapes[10 * shapeSize] - rest[0]) < 1e-6);
    assert.ok(Math.abs(shapes[10 * shapeSize + width] - 0.7) < 1e-6);
    assert.equal(closure[11], 0);
    assert.equal(shapes[11 * shapeSize], 1);
  });

  it('weigh opening first, and features that cannot be heard hardly at all', () => {
    const heard = { shapes: new Float32Array(shapeSize), closure: new Float32Array(1) };
    const uneven = trust.map((value, k) => (k === width ? 0 : value));
    const { weights } = lipTargetsOf(
      heard,
      { voice, seconds: Float64Array.of(0.1) },
      { rest, trust: uneven },
    );
    assert.equal(weights[0], 1);
    assert.ok(weights.every((weight) => weight <= 1));
    assert.ok(weights[width] < 0.02);
  });
});

describe('target costs', () => {
  /** Library mouths of rising opening, all frontal and well seen. */
  const openings = [-1.3, -0.9, 0, 1, 2];
  const libraryShapes = new Float32Array(openings.length * shapeSize);
  openings.forEach((opening, j) => {
    libraryShapes.set(shapeOf({ opening, width: 0.7 }), j * shapeSize);
  });
  const frameCount = 100;
  const table: PersonTable = {
    personId: 1,
    frameCount,
    trackIds: new Int32Array(frameCount),
    shapes: new Float32Array(frameCount * shapeSize),
    poses: new Float32Array(frameCount * 2),
    visibility: new Float32Array(frameCount).fill(1),
    units: new Float32Array(frameCount).fill(100),
  };
  const mouths = { table, libraryFrames: openings.map((_, j) => j), libraryShapes, rest };
  const costsAt = (targets: ReturnType<typeof targetsFor>, frame: number): Float32Array => {
    const costs = new Float32Array(openings.length);
    targetCosts(mouths, targets, 0)(frame, costs);
    return costs;
  };

  it('are lowest for the mouth whose lips are as wanted', () => {
    const costs = costsAt(
      targetsFor(() => 0),
      10,
    );
    assert.equal(costs.indexOf(Math.min(...costs)), 3);
    assert.ok(Math.abs(costs[3]) < 1e-6);
  });

  it('forbid open mouths where the lips meet, and only there', () => {
    const costs = costsAt(
      targetsFor(() => 0.9),
      10,
    );
    assert.ok(costs[0] < 0.1, 'a closed mouth is cheap');
    assert.ok(costs[1] > 0.5, 'a slit is not');
    assert.ok(costs[3] > 20, `an open one costs ${costs[3]}`);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { donorsAlong } from '../../../../../src/engine/lipsync/unit-selection/donors.ts';
import {
  selectUnits,
  type UnitProblem,
} from '../../../../../src/engine/lipsync/unit-selection/select-units.ts';
import { seededRandom } from '../../../../support/seeded-random.ts';

function problemOf(targets: number[], library: number[], jumpCost: number): UnitProblem {
  return {
    targetCount: targets.length,
    libraryCount: library.length,
    fillTargetCosts: (t, out) => library.forEach((value, j) => (out[j] = (value - targets[t]) ** 2)),
    followsPrevious: Uint8Array.from(library, (_value, j) => (j > 0 ? 1 : 0)),
    shapes: Float32Array.from(library),
    shapeSize: 1,
    jumpCost,
  };
}

function costOf(problem: UnitProblem, path: ArrayLike<number>): number {
  const costs = new Float32Array(problem.libraryCount);
  let total = 0;
  for (let t = 0; t < path.length; t++) {
    problem.fillTargetCosts(t, costs);
    total += costs[path[t]];
    if (t === 0 || path[t] === path[t - 1] + 1) continue;
    const expected = path[t - 1] + 1 < problem.libraryCount ? path[t - 1] + 1 : path[t - 1];
    total += problem.jumpCost + (problem.shapes[expected] - problem.shapes[path[t]]) ** 2;
  }
  return total;
}

function cheapestByTrial(problem: UnitProblem): number {
  let best = Infinity;
  const path: number[] = [];
  const extend = (): void => {
    if (path.length === problem.targetCount) {
      best = Math.min(best, costOf(problem, path));
      return;
    }
    for (let j = 0; j < problem.libraryCount; j++) {
      path.push(j);
      extend();
      path.pop();
    }
  };
  extend();
  return best;
}

describe('unit selection path', () => {
  it('is the cheapest of all paths (checked against trying every one)', () => {
    const random = seededRandom(21);
    for (let round = 0; round < 30; round++) {
      const targets = Array.from({ length: 5 }, () => 3 * random());
      const library = Array.from({ length: 6 }, () => 3 * random());
      const problem = problemOf(targets, library, random());
      assert.ok(Math.abs(costOf(problem, selectUnits(problem)) - cheapestByTrial(problem)) < 1e-4);
    }
  });

  it('finds the very run that the targets came from', () => {
    const random = seededRandom(4);
    const library = Array.from({ length: 200 }, () => random());
    const path = selectUnits(problemOf(library.slice(57, 97), library, 0.5));
    assert.deepEqual(
      [...path],
      Array.from({ length: 40 }, (_, i) => 57 + i),
    );
  });

  it('answers an empty library or target with an empty path', () => {
    assert.equal(selectUnits(problemOf([1, 2], [], 1)).length, 0);
    assert.equal(selectUnits(problemOf([], [1, 2], 1)).length, 0);
  });
});

describe('donors along a path', () => {
  const follows = Uint8Array.from({ length: 20 }, (_, j) => (j > 0 ? 1 : 0));

  it('mixes both runs for a frame on each side of a join, shares adding up to one', () => {
    const donors = donorsAlong(Int32Array.of(3, 4, 5, 11, 12, 13), follows, new Uint8Array(6));
    assert.deepEqual(donors[1], [{ index: 4, share: 1 }]);
    assert.deepEqual(donors[2], [
      { index: 5, share: 2 / 3 },
      { index: 10, share: 1 / 3 },
    ]);
    assert.deepEqual(donors[3], [
      { index: 11, share: 2 / 3 },
      { index: 6, share: 1 / 3 },
    ]);
    for (const frame of donors)
      assert.ok(Math.abs(frame.reduce((sum, donor) => sum + donor.share, 0) - 1) < 1e-9);
  });

  it('does not mix across a cut of the film', () => {
    const donors = donorsAlong(Int32Array.of(3, 4, 11, 12), follows, Uint8Array.of(0, 0, 1, 0));
    assert.ok(donors.every((frame) => frame.length === 1));
  });
});

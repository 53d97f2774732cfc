import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ThinPlate } from '../../../../../src/engine/lipsync/unit-selection/thin-plate.ts';
import { seededRandom } from '../../../../support/seeded-random.ts';

describe('thin-plate spline', () => {
  it('passes through every control displacement', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 4, max: 60 }), (seed, count) => {
        const random = seededRandom(seed);
        const points = Float64Array.from({ length: 2 * count }, () => 200 * random());
        const values = Float64Array.from({ length: 2 * count }, () => 20 * random() - 10);
        const plate = new ThinPlate(points, values);
        const out = new Float64Array(2);
        for (let i = 0; i < count; i++) {
          plate.evaluate(points[2 * i], points[2 * i + 1], out, 0);
          if (Math.hypot(out[0] - values[2 * i], out[1] - values[2 * i + 1]) > 1e-3) return false;
        }
        return true;
      }),
      { numRuns: 40 },
    );
  });

  it('reproduces a shift, a turn and a stretch exactly, everywhere', () => {
    const random = seededRandom(5);
    const points = Float64Array.from({ length: 40 }, () => 100 * random());
    const law = (x: number, y: number): [number, number] => [0.1 * x - 0.05 * y + 3, 0.2 * y - 7];
    const values = new Float64Array(40);
    for (let i = 0; i < 40; i += 2) values.set(law(points[i], points[i + 1]), i);
    const plate = new ThinPlate(points, values);
    const out = new Float64Array(2);
    for (const [x, y] of [
      [-50, 30],
      [50, 50],
      [300, -20],
    ] as const) {
      plate.evaluate(x, y, out, 0);
      const [dx, dy] = law(x, y);
      assert.ok(Math.hypot(out[0] - dx, out[1] - dy) < 1e-6);
    }
  });
});

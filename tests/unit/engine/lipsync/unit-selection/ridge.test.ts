import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyRidge, RidgeMoments } from '../../../../../src/engine/lipsync/unit-selection/ridge.ts';
import { seededRandom } from '../../../../support/seeded-random.ts';

describe('ridge regression', () => {
  it('finds a linear law in noiseless data whatever the scale and offset of the inputs', () => {
    const random = seededRandom(7);
    const moments = new RidgeMoments(3, 2);
    const law = (x: Float32Array): Float32Array => Float32Array.of(2 * x[0] - x[1] + 5, 0.01 * x[2] - 3);
    for (let i = 0; i < 400; i++) {
      const x = Float32Array.of(random(), 10 + 4 * random(), 1000 * random());
      moments.add(x, law(x));
    }
    const model = moments.solve(1e-9);
    const probe = Float32Array.of(0.3, 12, 700);
    const out = new Float32Array(2);
    applyRidge(model, probe, out);
    assert.ok(Math.abs(out[0] - law(probe)[0]) < 1e-3, `${out[0]}`);
    assert.ok(Math.abs(out[1] - law(probe)[1]) < 1e-3, `${out[1]}`);
  });

  it('gives the same answer whether rows come at once or in folds that are merged', () => {
    const random = seededRandom(3);
    const whole = new RidgeMoments(4, 1);
    const parts = [new RidgeMoments(4, 1), new RidgeMoments(4, 1)];
    for (let i = 0; i < 100; i++) {
      const x = Float32Array.from({ length: 4 }, random);
      const y = Float32Array.of(x[0] * x[1]);
      whole.add(x, y);
      parts[i % 2].add(x, y);
    }
    parts[0].merge(parts[1]);
    const a = whole.solve(0.1).weights;
    const b = parts[0].solve(0.1).weights;
    a.forEach((value, i) => assert.ok(Math.abs(value - b[i]) < 1e-9));
  });

  it('shrinks towards the mean as the penalty grows', () => {
    const random = seededRandom(11);
    const moments = new RidgeMoments(1, 1);
    for (let i = 0; i < 200; i++) {
      const x = random();
      moments.add(Float32Array.of(x), Float32Array.of(3 * x));
    }
    const weightAt = (penalty: number): number => moments.solve(penalty).weights[0];
    assert.ok(weightAt(0.001) > 2.9);
    assert.ok(Math.abs(weightAt(1) - 1.5) < 0.05, 'a penalty of the variance itself halves the weight');
    assert.ok(weightAt(100) < 0.05);
  });
});

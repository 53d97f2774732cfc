import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  closedOpening,
  closureOf,
  fitClosure,
} from '../../../../../src/engine/lipsync/lips-from-sound/closure.ts';
import { seededRandom } from '../../../../support/seeded-random.ts';

/** Frames of a speaker whose lips are closed with probability 1 / (1 + exp(-(slope · logit + offset))). */
function frames(count: number, slope: number, offset: number) {
  const random = seededRandom(8);
  const logits = Float32Array.from({ length: count }, () => 6 * (random() - 0.5));
  const isClosed = Uint8Array.from(logits, (logit) =>
    random() < closureOf(logit, { slope, offset }) ? 1 : 0,
  );
  return { logits, isClosed };
}

describe('closed lips of one speaker', () => {
  it('finds the scale by which a speaker closes the lips', () => {
    const { logits, isClosed } = frames(4000, 1.8, -1.2);
    const scale = fitClosure(logits, isClosed);
    assert.ok(Math.abs(scale.slope - 1.8) < 0.15, `slope ${scale.slope}`);
    assert.ok(Math.abs(scale.offset + 1.2) < 0.15, `offset ${scale.offset}`);
  });

  it('finds its way where hardly any lips are closed, and keeps probabilities honest', () => {
    const { logits, isClosed } = frames(2000, 2.5, -7);
    const scale = fitClosure(logits, isClosed);
    const expected = logits.reduce((sum, logit) => sum + closureOf(logit, scale), 0);
    const seen = isClosed.reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(expected - seen) < 0.2 * seen, `${expected.toFixed(1)} expected, ${seen} seen`);
  });

  it('believes few frames little, none not at all, and stays finite where all lips are closed', () => {
    assert.deepEqual(fitClosure(new Float32Array(0), new Uint8Array(0)), { slope: 1, offset: 0 });
    const few = frames(12, 1.8, -1.2);
    assert.ok(Math.abs(fitClosure(few.logits, few.isClosed).slope - 1) < 0.8);
    const all = fitClosure(Float32Array.of(-4, -2, 0, 2, 4), Uint8Array.of(1, 1, 1, 1, 1));
    assert.ok(closureOf(0, all) > 0.5 && closureOf(0, all) < 1);
  });

  it('calls the lowest quarter of the way from a speaker’s closed to wide lips closed, at most 0.03', () => {
    const openings = Float32Array.from({ length: 101 }, (_, i) => i / 1000);
    assert.ok(Math.abs(closedOpening(openings) - (0.002 + 0.25 * 0.088)) < 1e-6);
    assert.ok(Math.abs(closedOpening(openings.map((value) => 10 * value)) - 0.03) < 1e-6);
  });
});

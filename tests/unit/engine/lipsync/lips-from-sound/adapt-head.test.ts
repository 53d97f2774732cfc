import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { correlation } from '../../../../../src/engine/lipsync/correlation.ts';
import {
  adaptHead,
  generalHead,
  type LipHead,
  type TeachingRows,
} from '../../../../../src/engine/lipsync/lips-from-sound/adapt-head.ts';
import { applyRidge } from '../../../../../src/engine/lipsync/unit-selection/ridge.ts';
import { seededRandom } from '../../../../support/seeded-random.ts';

const hiddenCount = 8;
const inputSize = 12 + hiddenCount;

/**
 * A made-up speaker at 25 frames a second: slow hidden features, a general answer that follows the lips but poorly, and
 * lips that are `ownLaw` times a law of the hidden features which only this speaker knows, the rest noise.
 */
function speaker(seconds: number, ownLaw: number, seed = 1): TeachingRows {
  const random = seededRandom(seed);
  const count = Math.round(25 * seconds);
  const heard = new Float32Array(count * inputSize);
  const seen = new Float32Array(count * 12);
  const state = new Float32Array(hiddenCount);
  for (let i = 0; i < count; i++) {
    for (let h = 0; h < hiddenCount; h++) {
      state[h] = 0.6 * state[h] + (random() - 0.5);
      heard[i * inputSize + 12 + h] = state[h];
    }
    for (let k = 0; k < 12; k++) {
      const own = state[k % hiddenCount] - state[(k + 3) % hiddenCount];
      const noise = random() - 0.5;
      const lips = ownLaw * own + (1 - ownLaw) * noise;
      seen[i * 12 + k] = 2 * lips;
      heard[i * inputSize + k] = 0.4 * lips + 0.6 * (random() - 0.5) + 0.3;
    }
  }
  const times = Float64Array.from({ length: count }, (_, i) => (i + 0.5) / 25);
  return { count, seconds: times, inputSize, heard, seen };
}

function follows(head: LipHead, rows: TeachingRows, k: number): number {
  const said = new Float32Array(12);
  const values = Float32Array.from({ length: rows.count }, (_, i) => {
    applyRidge(head.model, rows.heard.subarray(i * inputSize, (i + 1) * inputSize), said);
    return said[k];
  });
  const seen = Float32Array.from({ length: rows.count }, (_, i) => rows.seen[i * 12 + k]);
  return correlation(values, seen);
}

describe('adapting the head to a speaker', () => {
  const elsewhere = speaker(60, 0.9, 99);
  const general = generalHead(inputSize, new Float32Array(12).fill(0.5));

  it('learns what only this speaker does, and promises no more than it keeps on unseen film', () => {
    const head = adaptHead(speaker(20, 0.9));
    assert.deepEqual([...head.isAdapted], new Array(12).fill(1));
    for (const k of [0, 3, 7]) {
      const kept = follows(head, elsewhere, k);
      assert.ok(kept > follows(general, elsewhere, k) + 0.1, `feature ${k} follows with r ${kept}`);
      assert.ok(Math.abs(head.trust[k] - kept) < 0.1, `promised ${head.trust[k]}, kept ${kept}`);
    }
  });

  it('keeps the general answer where the footage teaches nothing of its own', () => {
    const strangers = speaker(60, 0, 98);
    const head = adaptHead(speaker(20, 0));
    for (let k = 0; k < 12; k++)
      assert.ok(follows(head, strangers, k) > follows(general, strangers, k) - 0.02, `feature ${k}`);
    assert.ok(
      head.isAdapted.reduce((sum, value) => sum + value, 0) <= 3,
      `adapted ${head.isAdapted.join('')}`,
    );
  });

  it('leaves a film of three seconds to the general network, brought to its scale', () => {
    const rows = speaker(3, 0.9);
    const head = adaptHead(rows);
    assert.deepEqual([...head.isAdapted], new Array(12).fill(0));
    const said = new Float32Array(12);
    let mean = 0;
    for (let i = 0; i < rows.count; i++) {
      applyRidge(head.model, rows.heard.subarray(i * inputSize, (i + 1) * inputSize), said);
      mean += (said[0] - rows.seen[i * 12]) / rows.count;
    }
    assert.ok(Math.abs(mean) < 1e-4, `bias ${mean}`);
    assert.ok(Math.abs(follows(head, elsewhere, 0) - follows(general, elsewhere, 0)) < 1e-6);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LagMeter } from '../../../../../src/engine/lipsync/lips-from-sound/find-lag.ts';
import { seededRandom } from '../../../../support/seeded-random.ts';

/** Twelve smooth, different curves of time. */
function lipsAt(seconds: number): Float32Array {
  return Float32Array.from(
    { length: 12 },
    (_, k) =>
      Math.sin(9 * seconds + k) + Math.sin(23.7 * seconds + 2 * k) + Math.sin(14.1 * seconds * (1 + k / 30)),
  );
}

function measured(lagSeconds: number, noise: number): number | null {
  const random = seededRandom(4);
  const meter = new LagMeter();
  for (let i = 0; i < 150; i++) {
    const now = i / 25;
    const seen = lipsAt(now).map((value) => value + noise * (random() - 0.5));
    // What is heard late says what was seen earlier.
    meter.add(seen, (lag) => lipsAt(now + lag - lagSeconds));
  }
  return meter.find();
}

describe('LagMeter', () => {
  for (const lagMs of [-130, -37, 0, 55, 90])
    it(`finds ${lagMs} ms within 3 ms, positive when the sound comes late`, () => {
      const found = measured(lagMs / 1000, 2);
      assert.ok(found !== null && Math.abs(found - lagMs) < 3, `found ${found}`);
    });

  it('says nothing where heard and seen lips have nothing in common, or nothing was seen', () => {
    assert.equal(measured(0, 1e4), null);
    assert.equal(new LagMeter().find(), null);
  });
});

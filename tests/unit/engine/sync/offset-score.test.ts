import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { scoreOf, unrelatedDistance } from '../../../../src/engine/sync/offset-score.ts';
import { offsetCount } from '../../../../src/engine/sync/types.ts';

/** A curve with one valley whose bottom lies at an offset. */
function valley(offsetMs: number, depth: number): Float32Array {
  return Float32Array.from({ length: offsetCount }, (_, i) => {
    const distanceMs = (i - 30) * 20 - offsetMs;
    return 1.4 - depth * Math.max(0, 1 - (distanceMs / 70) ** 2);
  });
}

const settings = { biasMs: 0, frameRate: 25 };

describe('reading a curve of distances', () => {
  it('finds the bottom of a valley between the steps', () =>
    fc.assert(
      fc.property(fc.double({ min: -560, max: 560, noNaN: true }), (offsetMs) => {
        const score = scoreOf({ curve: valley(offsetMs, 0.5), comparedSeconds: 4, movement: 1 }, settings);
        assert.ok(Math.abs(score.offsetMs - offsetMs) < 1, `${score.offsetMs} for ${offsetMs}`);
        assert.equal(score.offsetFrames, Math.round(score.offsetMs / 4) / 10);
        assert.ok(Math.abs(score.confidence - (1.4 - score.distance)) < 1e-6);
        assert.equal(score.evidence, 'ok');
      }),
    ));

  it('subtracts the bias of the expert', () => {
    const score = scoreOf(
      { curve: valley(100, 0.5), comparedSeconds: 4, movement: 1 },
      { biasMs: -15, frameRate: 24 },
    );
    assert.ok(Math.abs(score.offsetMs - 115) < 1);
    assert.equal(score.offsetFrames, 2.8);
  });

  it('stays within the search where the lowest point is the last', () => {
    const rising = Float32Array.from({ length: offsetCount }, (_, i) => 1 + i / 100);
    const score = scoreOf({ curve: rising, comparedSeconds: 4, movement: 1 }, settings);
    assert.equal(score.offsetMs, -600);
  });

  const low: readonly (readonly [string, { depth?: number; comparedSeconds?: number; movement?: number }])[] =
    [
      ['less than a second', { comparedSeconds: 0.98 }],
      ['a still mouth', { movement: 0.1 }],
      ['a flat curve', { depth: 0.03 }],
    ];
  for (const [name, { comparedSeconds = 4, depth = 0.5, movement = 1 }] of low)
    it(`calls ${name} too little evidence`, () => {
      const score = scoreOf({ curve: valley(0, depth), comparedSeconds, movement }, settings);
      assert.equal(score.evidence, 'low');
    });

  it('has numbers even where nothing was compared', () => {
    const curve = new Float32Array(offsetCount).fill(NaN);
    assert.deepEqual(scoreOf({ curve, comparedSeconds: 0, movement: 0 }, settings), {
      offsetMs: 0,
      offsetFrames: 0,
      confidence: 0,
      distance: unrelatedDistance,
      evidence: 'low',
      comparedSeconds: 0,
    });
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isBorneOut, leastConfidence } from '../../../../src/engine/sync/evidence.ts';
import { scoreOf } from '../../../../src/engine/sync/offset-score.ts';
import { offsetCount, type SyncScore } from '../../../../src/engine/sync/types.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

type Part = SyncScore & { readonly movement: number };

const whole: SyncScore = {
  offsetMs: 80,
  offsetFrames: 2,
  confidence: 0.25,
  distance: 1.1,
  evidence: 'ok',
  comparedSeconds: 20,
};
const part: Part = { ...whole, evidence: 'low', confidence: 0.15, comparedSeconds: 2, movement: 1 };

describe('evidence', () => {
  it('asks for less confidence the more was compared', () => {
    let before = Infinity;
    for (const seconds of [0.1, 1, 2, 5, 10, 100, 7200]) {
      const bound = leastConfidence(seconds);
      assert.ok(bound > 0 && bound <= before);
      before = bound;
    }
  });

  it('is borne out by a whole that says the same', () => {
    assert.ok(isBorneOut(part, whole));
    assert.ok(isBorneOut({ ...part, offsetMs: 20 }, whole));
  });

  const doubts: readonly (readonly [string, Partial<Part>, Partial<SyncScore>])[] = [
    ['an offset of its own', { offsetMs: 145 }, {}],
    ['hardly any valley', { confidence: 0.12 }, {}],
    ['a still mouth', { movement: 0.1 }, {}],
    ['less than a second', { comparedSeconds: 0.9 }, {}],
    ['a whole that nobody can rely on', {}, { evidence: 'low' }],
  ];
  for (const [name, ofPart, ofWhole] of doubts)
    it(`is not borne out with ${name}`, () => {
      assert.ok(!isBorneOut({ ...part, ...ofPart }, { ...whole, ...ofWhole }));
    });

  it('is not found in noise: curves of averaged chance stay below the bound', () => {
    const random = seededRandom(11);
    const found = Array.from({ length: 200 }, () => {
      // 50 independent moments, as little as one second holds at most; each distance 1.35 ± 0.25.
      const curve = Float32Array.from({ length: offsetCount }, () => {
        let sum = 0;
        for (let i = 0; i < 50; i++) sum += 1.35 + 0.866 * (random() - 0.5);
        return sum / 50;
      });
      return scoreOf({ curve, comparedSeconds: 1, movement: 1 }, { biasMs: 0, frameRate: 25 }).evidence;
    });
    assert.ok(found.every((evidence) => evidence === 'low'));
  });
});

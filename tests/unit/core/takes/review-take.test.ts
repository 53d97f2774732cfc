import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { leastConfidenceShare, mostOffsetMs, reviewTake } from '../../../../src/core/takes/review-take.ts';
import type { SyncFigures, TakeSync } from '../../../../src/core/takes/take-sync.ts';

const figures = (more: Partial<SyncFigures> = {}): SyncFigures => ({
  ...{ offsetMs: 0, offsetFrames: 0, confidence: 0.4, distance: 1, comparedSeconds: 3, evidence: 'ok' },
  ...more,
});
const sync = (take: Partial<SyncFigures>, more: Partial<TakeSync> = {}): TakeSync => ({
  ...{ expert: 'e', take: figures(take), original: figures(), film: figures(), lipMovement: 1 },
  ...more,
});
const isMarked = (one: TakeSync): boolean => reviewTake(one).needed;

test('marked below the share of the film’s own confidence, wherever that lies', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.05, max: 1, noNaN: true }), (confidence) => {
      const film = figures({ confidence });
      assert.ok(!isMarked(sync({ confidence: leastConfidenceShare * confidence + 1e-6 }, { film })));
      assert.ok(isMarked(sync({ confidence: leastConfidenceShare * confidence - 1e-6 }, { film })));
    }),
  );
});

test('marked when the voice is too early or too late, unless that is not sure', () => {
  for (const sign of [-1, 1]) {
    assert.ok(!isMarked(sync({ offsetMs: sign * mostOffsetMs })));
    assert.ok(isMarked(sync({ offsetMs: sign * (mostOffsetMs + 1) })));
    const { reasons } = reviewTake(sync({ offsetMs: sign * 400, evidence: 'low' }));
    assert.ok(!/ ms /.test(reasons.join()), reasons.join());
  }
});

test('lips like those of strangers are marked, whatever the film reaches, once there was enough to hear', () => {
  for (const film of [null, figures({ evidence: 'low', confidence: 0.9 }), figures({ confidence: 0.15 })]) {
    assert.ok(!isMarked(sync({ confidence: 0.2 }, { film })));
    assert.ok(isMarked(sync({ confidence: 0.1, evidence: 'low' }, { film })));
    assert.ok(!isMarked(sync({ confidence: 0.1, evidence: 'low', comparedSeconds: 1.5 }, { film })));
  }
});

test('a still mouth is marked for that alone; too little speech is not judged; no score, no review', () => {
  const still = sync({ confidence: 0.01, evidence: 'low' }, { lipMovement: 0.1 });
  assert.deepEqual(reviewTake(still).reasons, ['the mouth hardly moves while the voice speaks']);
  assert.ok(!isMarked(sync({ comparedSeconds: 0.9, confidence: 0, evidence: 'low' }, { lipMovement: 0 })));
  assert.deepEqual(reviewTake(null), { needed: false, reasons: [] });
});

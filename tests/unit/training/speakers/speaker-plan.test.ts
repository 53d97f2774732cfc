import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { planSpeaker } from '../../../../training/speakers/speaker-plan.ts';
import { spokenLanguages } from '../../../../training/speakers/sentences.ts';

const inARow = (first: number, count: number): ReturnType<typeof planSpeaker>[] =>
  Array.from({ length: count }, (_, i) => planSpeaker(first + i));

test('any eight speakers in a row: each frame rate once with a woman and once with a man', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (first) => {
      const pairs = inARow(first, 8).map(({ frameRate, sex }) => `${frameRate.num}/${frameRate.den} ${sex}`);
      assert.equal(new Set(pairs).size, 8);
    }),
    { numRuns: 50 },
  );
});

test('any thirteen speakers in a row speak all languages, each with a voice of its language', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (first) => {
      const plans = inARow(first, spokenLanguages.length);
      assert.equal(new Set(plans.map(({ language }) => language.code)).size, spokenLanguages.length);
      for (const { language, sex, voice } of plans)
        assert.match(voice, new RegExp(`^${language.code}\\+${sex === 'female' ? 'f' : 'm'}\\d$`));
    }),
    { numRuns: 50 },
  );
});

test('a speaker is the same whenever it is planned, and unlike the next', () => {
  assert.deepEqual(planSpeaker(7), planSpeaker(7));
  assert.notDeepEqual(planSpeaker(7).look, planSpeaker(8).look);
});

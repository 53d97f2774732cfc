import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visemesOf } from '../../../../scripts/demo/visemes.ts';
import { coverPhonemes } from '../../../../training/speakers/phoneme-cover.ts';

function covered(phoneme: string): string {
  const [{ phoneme: name }] = coverPhonemes([{ phoneme, startSeconds: 1, endSeconds: 2 }]);
  return name;
}

test('marks come off and rare sounds become what they look like', () => {
  assert.equal(covered('ɐ̃ʊ̃'), 'ɐʊ');
  assert.equal(covered('tʲ'), 't');
  assert.equal(covered('ʎ'), 'l');
  assert.equal(covered('ɯ'), 'ɨ');
});

test('what the mouth table knows stays as it is, and keeps its time', () => {
  const timed = { phoneme: 'tʃ', startSeconds: 0.25, endSeconds: 0.5 };
  assert.deepEqual(coverPhonemes([timed]), [timed]);
});

test('a pause stays a pause, a sound of nothing but marks does not become one', () => {
  assert.equal(visemesOf(covered(''))[0].opening, 0);
  assert.ok(visemesOf(covered('ʲ'))[0].opening > 0);
});

test('a nasal vowel opens as wide as its plain twin', () => {
  assert.deepEqual(visemesOf(covered('ɔ̃')), visemesOf('ɔ'));
});

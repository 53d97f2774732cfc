import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { findPauses, type SpeechRun } from '../../../../src/engine/audio/voice-activity.ts';
import { arrayPcm, samplesOfWav } from '../../../support/array-pcm.ts';

const speech = samplesOfWav(readFileSync(new URL('../../../fixtures/mel-speech.wav', import.meta.url)));
const rate = 16_000;

function noise(count: number, rms: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2_147_483_648 - 1) * rms * Math.sqrt(3);
  });
}

function join(...parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function seconds(runs: readonly SpeechRun[], kind: SpeechRun['kind']): [number, number][] {
  return runs
    .filter((run) => run.kind === kind)
    .map(({ startSample, endSample }) => [startSample / rate, endSample / rate]);
}

function assertNear(
  found: readonly [number, number][],
  wanted: readonly [number, number][],
  tolerance = 0.1,
) {
  const text = JSON.stringify(found);
  assert.equal(found.length, wanted.length, text);
  wanted.forEach(([start, end], i) => {
    assert.ok(Math.abs(found[i][0] - start) <= tolerance && Math.abs(found[i][1] - end) <= tolerance, text);
  });
}

/** One sentence, 0.6 s of rest, the sentence again, 1.2 s of rest, with room noise 40 dB below the speech. */
function twoSentences(): Float32Array {
  const sound = join(speech, new Float32Array(0.6 * rate), speech, new Float32Array(1.2 * rate));
  const room = noise(sound.length, 0.001);
  return sound.map((value, i) => value + room[i]);
}

const spoken = speech.length / rate;
const rests: [number, number][] = [
  [spoken, spoken + 0.6],
  [2 * spoken + 0.6, 2 * spoken + 1.8],
];

function longRests(sound: Float32Array): [number, number][] {
  return seconds(findPauses(arrayPcm(sound)), 'pause').filter(([start, end]) => end - start > 0.45);
}

test('finds the rests between sentences, loud or 34 dB quieter', () => {
  const sound = twoSentences();
  for (const gain of [1, 0.3, 0.02]) assertNear(longRests(sound.map((v) => v * gain)), rests, 0.15);
});

test('runs tile the sound from the first sample to the last and alternate', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 100, max: 12_000 })), { maxLength: 12 }),
      (parts) => {
        const sound = join(
          ...parts.map(([loud, count], i) =>
            loud ? speech.slice(i * 500, i * 500 + count) : new Float32Array(count),
          ),
        );
        const runs = findPauses(arrayPcm(sound));
        assert.equal(runs[0]?.startSample ?? 0, 0);
        assert.equal(runs.at(-1)?.endSample ?? 0, sound.length);
        for (let i = 1; i < runs.length; i++) {
          assert.equal(runs[i].startSample, runs[i - 1].endSample);
          assert.notEqual(runs[i].kind, runs[i - 1].kind);
          assert.ok(runs[i].endSample > runs[i].startSample);
        }
        const inner = runs.slice(1, -1).filter(({ kind }) => kind === 'pause');
        assert.ok(inner.every(({ startSample, endSample }) => endSample - startSample >= 0.2 * rate));
      },
    ),
    { numRuns: 60 },
  );
});

test('a sentence spoken anew leaves distant boundaries where they were', () => {
  const before = join(twoSentences(), twoSentences(), twoSentences());
  const after = before.slice();
  after.set(speech.map((value) => value * 0.7).reverse(), Math.round((2 * spoken + 1.8) * rate));
  const early = (sound: Float32Array): SpeechRun[] =>
    findPauses(arrayPcm(sound)).filter(({ endSample }) => endSample < 2 * spoken * rate);
  assert.ok(early(before).length >= 2);
  assert.deepEqual(early(after), early(before));
});

test('silence, hiss, a click and no sound at all', () => {
  const kinds = (sound: Float32Array): string[] => findPauses(arrayPcm(sound)).map(({ kind }) => kind);
  assert.deepEqual(kinds(new Float32Array(0)), []);
  assert.deepEqual(kinds(new Float32Array(rate)), ['pause']);
  assert.deepEqual(kinds(noise(2 * rate, 0.005)), ['pause']);
  const click = join(new Float32Array(rate), noise(200, 0.5), new Float32Array(rate));
  assert.deepEqual(kinds(click), ['pause']);
  assert.deepEqual(kinds(speech.subarray(3000, 9000)), ['speech']);
  assert.deepEqual(kinds(speech.map(() => Number.NaN)), ['pause']);
});

test('the least pause is the caller’s to choose, and the sound is read in pieces', () => {
  const sound = join(speech, new Float32Array(0.35 * rate), speech);
  const pauses = (minPauseMs: number): number =>
    seconds(findPauses(arrayPcm(sound), { minPauseMs }), 'pause').filter(
      ([start, end]) => start > 0 && end < sound.length / rate && Math.abs(start - spoken) < 0.3,
    ).length;
  assert.equal(pauses(120), 1);
  assert.equal(pauses(1000), 0);
  const pcm = arrayPcm(join(...Array.from({ length: 20 }, () => sound)));
  findPauses(pcm);
  assert.ok(pcm.largestRead() < 5 * rate);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { mfccCount, SpeechMfcc } from '../../../../../src/engine/sync/syncnet/speech-mfcc.ts';
import { arrayPcm, samplesOfWav } from '../../../../support/array-pcm.ts';

const fixtures = new URL('../../../../fixtures/', import.meta.url);
const speech = samplesOfWav(readFileSync(new URL('mel-speech.wav', fixtures)));

interface MfccFixture {
  readonly sounds: readonly { readonly frames: number; readonly values: string }[];
}

/** The sounds of `main` in scripts/reference/syncnet_reference.py, in its order. */
function fixtureSounds(): Float32Array[] {
  const afterSilence = new Float32Array(700 + 6001);
  afterSilence.set(speech.subarray(8000, 14_001), 700);
  return [afterSilence, speech.slice(20_000, 20_300)];
}

test('equals python_speech_features, from silence to the padded last frame', () => {
  const { sounds } = JSON.parse(readFileSync(new URL('syncnet-mfcc.json', fixtures), 'utf8')) as MfccFixture;
  for (const [i, samples] of fixtureSounds().entries()) {
    const bytes = Buffer.from(sounds[i].values, 'base64');
    const mfcc = new SpeechMfcc(arrayPcm(samples));
    assert.equal(mfcc.frameCount, sounds[i].frames);
    const ours = mfcc.read(0, mfcc.frameCount);
    assert.equal(ours.length, bytes.length / 4);
    ours.forEach((value, at) => {
      const expected = bytes.readFloatLE(at * 4);
      assert.ok(Math.abs(value - expected) < 1e-4, `sound ${i}, value ${at}: ${value}, not ${expected}`);
    });
  }
});

test('pieces are parts of the whole, and a long sound is read in small ones', () => {
  const pcm = arrayPcm(speech);
  const mfcc = new SpeechMfcc(pcm);
  const whole = mfcc.read(0, mfcc.frameCount);
  for (const [start, count] of [
    [0, 20],
    [1, 1],
    [77, 96],
    [mfcc.frameCount - 1, 1],
  ] as const)
    assert.deepEqual(mfcc.read(start, count), whole.slice(start * mfccCount, (start + count) * mfccCount));
  const long = arrayPcm(new Float32Array(16_000 * 60));
  new SpeechMfcc(long).read(0, 5000);
  assert.ok(long.largestRead() < 100_000);
});

test('samples that are no numbers or too loud stay in bounds, and there are no frames beyond the end', () => {
  const odd = Float32Array.from({ length: 2000 }, (_, i) => [Number.NaN, 3, -3, Infinity][i % 4]);
  const mfcc = new SpeechMfcc(arrayPcm(odd));
  assert.ok(mfcc.read(0, mfcc.frameCount).every(Number.isFinite));
  assert.throws(() => mfcc.read(0, mfcc.frameCount + 1), RangeError);
  assert.throws(() => new SpeechMfcc(arrayPcm(odd, 48_000)), RangeError);
});

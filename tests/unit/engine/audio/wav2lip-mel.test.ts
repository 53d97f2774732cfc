import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Wav2LipMel, wav2LipBandCount, wav2LipSilence } from '../../../../src/engine/audio/wav2lip-mel.ts';
import { arrayPcm, samplesOfWav } from '../../../support/array-pcm.ts';

const fixtures = new URL('../../../fixtures/', import.meta.url);

interface MelFixture {
  readonly frames: number;
  readonly stepsPerUnit: number;
  readonly values: string;
}

function expectedMel(name: string): { readonly frames: number; readonly values: Float64Array } {
  const fixture = JSON.parse(readFileSync(new URL(name, fixtures), 'utf8')) as MelFixture;
  const bytes = Buffer.from(fixture.values, 'base64');
  const values = Float64Array.from(
    { length: bytes.length / 2 },
    (_, i) => bytes.readInt16LE(i * 2) / fixture.stepsPerUnit,
  );
  return { frames: fixture.frames, values };
}

/** The same signal as `synthetic_sound` of scripts/reference/wav2lip_mel_reference.py. */
function syntheticSound(count = 33_333): Float32Array {
  let state = 1;
  return Float32Array.from({ length: count }, (_, n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    if (n >= 8000 && n < 12_000) return 0;
    const seconds = n / 16_000;
    const phase = 2 * Math.PI * (80 * seconds + 1200 * seconds * seconds);
    return 0.4 * Math.sin(phase) + 0.02 * (state / 2_147_483_648 - 1);
  });
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

for (const [name, sound] of [
  ['mel-synthetic.json', () => syntheticSound()],
  ['mel-speech.json', () => samplesOfWav(readFileSync(new URL('mel-speech.wav', fixtures)))],
] as const) {
  test(`equals the reference formula from end to end: ${name}`, () => {
    const expected = expectedMel(name);
    const mel = new Wav2LipMel(arrayPcm(sound()));
    assert.equal(mel.frameCount, expected.frames);
    const ours = mel.read(0, mel.frameCount);
    assert.ok(largestDifference(ours, expected.values) <= 1e-3);
    const spread = Math.max(...expected.values) - Math.min(...expected.values);
    assert.ok(spread > 4, 'the fixture itself must say something');
  });
}

test('any range read alone holds the same values as the whole, and silence beyond both ends', () => {
  const mel = new Wav2LipMel(arrayPcm(syntheticSound()));
  const whole = mel.read(0, mel.frameCount);
  const padded = mel.read(-20, mel.frameCount + 20);
  assert.deepEqual(padded.subarray(20 * 80, (20 + mel.frameCount) * 80), whole);
  assert.ok(padded.subarray(0, 20 * 80).every((value) => value === wav2LipSilence));
  assert.ok(padded.subarray((20 + mel.frameCount) * 80).every((value) => value === wav2LipSilence));
  for (const from of [0, 1, 3, 77, mel.frameCount - 3]) {
    assert.deepEqual(
      mel.read(from, from + 16).subarray(0, 160),
      padded.subarray((from + 20) * 80, (from + 22) * 80),
    );
  }
  assert.equal(mel.read(5, 5).length, 0);
});

test('digital silence is -4 and samples that are no numbers never come through', () => {
  const silent = new Wav2LipMel(arrayPcm(new Float32Array(16_000))).read(0, 81);
  assert.ok(silent.every((value) => value === wav2LipSilence));
  const broken = syntheticSound(16_000).map((value, i) => (i % 1000 === 7 ? Number.NaN : value));
  broken[5000] = Number.POSITIVE_INFINITY;
  const values = new Wav2LipMel(arrayPcm(broken)).read(-4, 90);
  assert.ok(values.every((value) => value >= -4 && value <= 4));
});

test('sounds shorter than a window, and no sound at all', () => {
  for (const count of [0, 1, 2, 150, 400, 401, 799, 1025]) {
    const mel = new Wav2LipMel(arrayPcm(syntheticSound(count)));
    assert.equal(mel.frameCount, count === 0 ? 0 : 1 + Math.floor(count / 200));
    assert.ok(mel.read(-2, mel.frameCount + 16).every((value) => value >= -4 && value <= 4));
  }
});

test('a speech of hours has the same sound at its end, and is read in small pieces', () => {
  const second = syntheticSound(16_000);
  const sampleCount = 16_000 * 3600 * 40;
  let largest = 0;
  const mel = new Wav2LipMel({
    sampleRateHz: 16_000,
    sampleCount,
    read(start, count) {
      largest = Math.max(largest, count);
      return Float32Array.from({ length: count }, (_, i) => second[(start + i + 16_000) % 16_000]);
    },
    close: () => undefined,
  });
  const early = mel.read(8000, 8080);
  const late = mel.read(mel.frameCount - 1 - 8080, mel.frameCount - 1 - 8000);
  assert.deepEqual(late, early);
  assert.equal(mel.read(0, 4000).length, 4000 * wav2LipBandCount);
  assert.ok(largest < 100_000);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { RealFft } from '../../../../src/engine/audio/real-fft.ts';
import {
  logMelBandCount,
  logMelFloor,
  logMelFrames,
  measureLogMel,
  normaliseLogMel,
} from '../../../../src/engine/audio/spectral-features.ts';
import { hzToMel, melToHz } from '../../../../src/engine/audio/mel-filterbank.ts';
import { arrayPcm, samplesOfWav } from '../../../support/array-pcm.ts';

const speech = samplesOfWav(readFileSync(new URL('../../../fixtures/mel-speech.wav', import.meta.url)));

test('the transform equals the defining sum for every kind of length', () => {
  for (const size of [4, 6, 10, 16, 30, 50, 90, 120, 400, 512, 800]) {
    const samples = Float64Array.from({ length: size }, (_, n) => Math.sin(n * n * 0.37) + 0.1 * n);
    const fft = new RealFft(size);
    const power = new Float64Array(fft.binCount);
    fft.power(samples, power);
    for (let k = 0; k <= size / 2; k++) {
      let re = 0;
      let im = 0;
      for (let n = 0; n < size; n++) {
        re += samples[n] * Math.cos((2 * Math.PI * k * n) / size);
        im -= samples[n] * Math.sin((2 * Math.PI * k * n) / size);
      }
      const wanted = re * re + im * im;
      assert.ok(Math.abs(power[k] - wanted) <= 1e-9 * (1 + wanted) * size, `${size}: bin ${k}`);
    }
  }
  assert.throws(() => new RealFft(14), RangeError);
  assert.throws(() => new RealFft(15), RangeError);
});

test('the mel scale turns back, and 1 kHz is its corner', () => {
  assert.ok(Math.abs(hzToMel(1000) - 15) < 1e-12);
  for (const hz of [0, 55, 440, 999, 1001, 4000, 7600]) assert.ok(Math.abs(melToHz(hzToMel(hz)) - hz) < 1e-9);
});

test('a tone lights the band of its frequency, at the frame where it sounds', () => {
  for (const hz of [200, 1000, 3500]) {
    const sound = Float32Array.from({ length: 16_000 }, (_, n) =>
      n >= 8000 ? 0.5 * Math.sin((2 * Math.PI * hz * n) / 16_000) : 0,
    );
    const frames = logMelFrames(arrayPcm(sound), { startSample: 0, frameCount: 100, hopSamples: 160 });
    assert.ok(frames.subarray(0, 48 * 80).every((value) => value === Math.fround(logMelFloor)));
    const loud = frames.subarray(75 * 80, 76 * 80);
    const band = loud.indexOf(Math.max(...loud));
    const mel = (hzToMel(8000) * (band + 1)) / (logMelBandCount + 1);
    assert.ok(
      Math.abs(mel - hzToMel(hz)) <= hzToMel(8000) / (logMelBandCount + 1),
      `${hz} Hz in band ${band}`,
    );
  }
});

test('frames do not depend on how they are asked for, and lie in silence beyond the ends', () => {
  const pcm = arrayPcm(speech);
  const whole = logMelFrames(pcm, { startSample: -1600, frameCount: 700, hopSamples: 80 });
  const part = logMelFrames(pcm, { startSample: 8000, frameCount: 3, hopSamples: 80 });
  assert.deepEqual(part, whole.subarray(120 * 80, 123 * 80));
  assert.ok(whole.subarray(0, 17 * 80).every((value) => value === Math.fround(logMelFloor)));
  const long = arrayPcm(new Float32Array(16_000 * 30));
  logMelFrames(long, { startSample: 0, frameCount: 3000, hopSamples: 160 });
  assert.ok(long.largestRead() <= 16_000 * 6);
});

test('normalised features do not know how loud the recording was', () => {
  const features = (gain: number): Float32Array => {
    const pcm = arrayPcm(speech.map((value) => value * gain));
    const frames = logMelFrames(pcm, { startSample: 0, frameCount: 250, hopSamples: 160 });
    normaliseLogMel(frames, measureLogMel(pcm));
    return frames;
  };
  const loud = features(1);
  const quiet = features(0.05);
  const largest = loud.reduce((most, value, i) => Math.max(most, Math.abs(value - quiet[i])), 0);
  assert.ok(largest < 1e-3, `${largest}`);
  assert.ok(loud.every((value) => Math.abs(value) < 4));
  assert.ok(Math.max(...loud) - Math.min(...loud) > 2);
});

test('silence measures as silence', () => {
  const level = measureLogMel(arrayPcm(new Float32Array(8000)));
  assert.equal(level.floor, logMelFloor);
  assert.ok(level.mean.every((value) => Math.abs(value - logMelFloor) < 1e-4));
  const empty = measureLogMel(arrayPcm(new Float32Array(0)));
  assert.ok(empty.mean.every(Number.isFinite));
});

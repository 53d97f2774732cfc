import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { logMelFloor } from '../../../../src/engine/audio/spectral-features.ts';
import {
  measureVoiceLevel,
  normaliseVoiceMel,
  readVoiceMel,
  steadyLevel,
  voiceMelCount,
} from '../../../../src/engine/audio/voice-mel.ts';
import { arrayPcm, samplesOfWav } from '../../../support/array-pcm.ts';

const speech = samplesOfWav(readFileSync(new URL('../../../fixtures/mel-speech.wav', import.meta.url)));
const { signal } = new AbortController();

test('a normalised voice does not know how loud it was recorded', () => {
  const features = (gain: number): Float32Array => {
    const pcm = arrayPcm(speech.map((value) => value * gain));
    return normaliseVoiceMel(readVoiceMel(pcm, 0, 250), measureVoiceLevel(pcm, signal));
  };
  const loud = features(1);
  const quiet = features(0.3);
  const largest = loud.reduce((most, value, i) => Math.max(most, Math.abs(value - quiet[i])), 0);
  assert.ok(largest < 1e-3, `${largest}`);
  assert.ok(loud.every((value) => Math.abs(value) < 5));
  assert.ok(Math.max(...loud) - Math.min(...loud) > 2);
});

test('silence measures as silence', () => {
  const level = measureVoiceLevel(arrayPcm(new Float32Array(8000)), signal);
  assert.ok(Math.abs(level.peak - logMelFloor) < 1e-4);
  assert.ok(level.mean.every((value) => Math.abs(value - logMelFloor) < 1e-4));
  const empty = measureVoiceLevel(arrayPcm(new Float32Array(0)), signal);
  assert.ok(empty.mean.every(Number.isFinite));
});

test('a long sound, whose mel is read twice, measures like a shorter one that keeps it', () => {
  const spoken = (repeats: number): ReturnType<typeof arrayPcm> => {
    const samples = new Float32Array(repeats * speech.length);
    for (let i = 0; i < repeats; i++) samples.set(speech, i * speech.length);
    return arrayPcm(samples);
  };
  const [shorter, longer] = [spoken(39), spoken(44)];
  assert.ok(voiceMelCount(shorter) < 12_000 && voiceMelCount(longer) > 12_000);
  const [kept, read] = [measureVoiceLevel(shorter, signal), measureVoiceLevel(longer, signal)];
  assert.ok(Math.abs(kept.peak - read.peak) < 0.01);
  read.mean.forEach((value, band) => assert.ok(Math.abs(value - kept.mean[band]) < 0.01, `band ${band}`));
});

test('a short voice is drawn towards the film, a long one is not', () => {
  const film = { peak: -3, mean: new Float32Array(80).fill(-5), loudFrames: 9000 };
  const voice = (loudFrames: number): { peak: number; mean: Float32Array; loudFrames: number } => ({
    peak: -1,
    mean: new Float32Array(80).fill(-2),
    loudFrames,
  });
  // Where the levels are made equal the film's mean lies at -3.
  assert.ok(Math.abs(steadyLevel(voice(100), film).mean[0] + 2.5) < 1e-6);
  assert.ok(Math.abs(steadyLevel(voice(9900), film).mean[0] + 2.01) < 1e-6);
  assert.equal(steadyLevel(voice(1), null).mean[0], -2);
});

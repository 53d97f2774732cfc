import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Wav2LipMel } from '../../../../../src/engine/audio/wav2lip-mel.ts';
import { VoiceWindows, windowValues } from '../../../../../src/engine/lipsync/generator/voice-windows.ts';
import { arrayPcm, samplesOfWav } from '../../../../support/array-pcm.ts';

const speech = samplesOfWav(readFileSync(new URL('../../../../fixtures/mel-speech.wav', import.meta.url)));

function windowAt(windows: VoiceWindows, seconds: number): Float32Array {
  const out = new Float32Array(windowValues + 2).fill(9);
  windows.write(seconds, out, 1);
  assert.deepEqual([out[0], out[windowValues + 1]], [9, 9]);
  return out.subarray(1, windowValues + 1);
}

/** Sixteen frames of the sound picture from `start`, band by band. */
function expected(mel: Wav2LipMel, start: number): Float32Array {
  const frames = mel.read(start, start + 16);
  return Float32Array.from({ length: windowValues }, (_, i) => frames[(i % 16) * 80 + Math.floor(i / 16)]);
}

test('each picture frame hears the window that the reference cuts for it, at any rate', () => {
  const mel = new Wav2LipMel(arrayPcm(speech));
  for (const fps of [25, 24, 60]) {
    const windows = new VoiceWindows(arrayPcm(speech));
    for (let i = 0; i < (speech.length / 16_000) * fps; i++) {
      const wanted = expected(mel, Math.floor((i * 80) / fps));
      assert.deepEqual(windowAt(windows, i / fps), wanted, `frame ${i} at ${fps}`);
    }
  }
});

test('windows over the end are filled with silence, none is lost', () => {
  const windows = new VoiceWindows(arrayPcm(speech));
  const mel = new Wav2LipMel(arrayPcm(speech));
  const lastStart = mel.frameCount - 3;
  assert.deepEqual(windowAt(windows, lastStart / 80), expected(mel, lastStart));
  assert.ok(windowAt(windows, 60).every((value) => value === -4));
  assert.ok(windowAt(windows, -3).every((value) => value === -4));
});

test('in rests of 0.3 s and more the room is not heard, around them nothing changes', () => {
  const room = Float32Array.from(
    { length: 2 * speech.length + 16_000 },
    (_, i) => 0.0005 * Math.sin(i * i * 0.7),
  );
  const sound = room.map((value, i) => {
    const second = i - speech.length - 16_000;
    return value + (i < speech.length ? speech[i] : second >= 0 ? speech[second] : 0);
  });
  const mel = new Wav2LipMel(arrayPcm(sound));
  const windows = new VoiceWindows(arrayPcm(sound));
  const restStart = speech.length / 16_000 + 0.3;
  assert.ok(expected(mel, Math.floor(restStart * 80)).some((value) => value > -3.9));
  assert.ok(windowAt(windows, restStart).every((value) => value === -4));
  assert.deepEqual(windowAt(windows, 0.4), expected(mel, 32));
  const after = (speech.length + 16_000) / 16_000 + 0.4;
  assert.deepEqual(windowAt(windows, after), expected(mel, Math.floor(after * 80)));
});

test('minutes into a speech, past what 16 bits can count, each frame still hears its own sound', () => {
  const sampleCount = 16_000 * 430;
  const windows = new VoiceWindows({
    sampleRateHz: 16_000,
    sampleCount,
    read(start, count) {
      const out = new Float32Array(count);
      for (let i = 0; i < count; i++) {
        const at = start + i;
        if (at >= 0 && at < sampleCount && at % 64_000 >= 32_000) out[i] = (((at * 7919) % 101) - 50) / 200;
      }
      return out;
    },
    close: () => undefined,
  });
  assert.ok(windowAt(windows, 420.5).every((value) => value === -4));
  assert.ok(windowAt(windows, 422.5).some((value) => value > 0));
});

test('digital silence gives no number that is none', () => {
  const windows = new VoiceWindows(arrayPcm(new Float32Array(8000)));
  for (let i = 0; i < 20; i++) assert.ok(windowAt(windows, i / 25).every((value) => value === -4));
});

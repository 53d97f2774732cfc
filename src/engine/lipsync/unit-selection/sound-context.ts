import { logMelBandCount as sourceBands } from '../../audio/spectral-features.ts';
import { readVoiceMel, voiceMelCount, voiceMelRateHz, type VoiceLevel } from '../../audio/voice-mel.ts';
import type { PcmReader } from '../types.ts';

/** Bands after averaging neighbours: speech's envelope, not its pitch. */
const bands = 20;
/** A moment of context is an average over this many mel frames. */
const contextStride = 3;

/** Numbers that a predictor sees which looks `steps` moments (30 ms each) back and as many ahead. */
export function contextSize(steps: number): number {
  return bands * (2 * steps + 1);
}

/** How far a predictor with so many inputs looks each way; the inverse of `contextSize`. */
export function contextSteps(inputSize: number): number {
  return (inputSize / bands - 1) / 2;
}

/** How far below the loudest speech (95th percentile of frame loudness) the floor lies, in nats of power: 39 dB. */
const floorNats = 9;
/** Frames closer than this to the loudest count as speech when the mean spectrum is taken. */
const loudNats = 4.5;

/** A sound as 20-band log-mel frames at 100 Hz, kept in memory (8 kB a second). */
export interface BandFrames {
  readonly count: number;
  /** count × 20, natural log of power. */
  readonly values: Float32Array;
  /** Mean over bands per frame. */
  readonly loudness: Float32Array;
}

/** Reads a sound once through; frames as in `readVoiceMel`. */
export function readBandFrames(pcm: PcmReader, signal: AbortSignal): BandFrames {
  const count = voiceMelCount(pcm);
  const values = new Float32Array(count * bands);
  const loudness = new Float32Array(count);
  const block = 1000;
  const group = sourceBands / bands;
  for (let start = 0; start < count; start += block) {
    signal.throwIfAborted();
    const length = Math.min(block, count - start);
    const mel = readVoiceMel(pcm, start, length);
    for (let i = 0; i < length; i++) {
      let total = 0;
      for (let band = 0; band < bands; band++) {
        let sum = 0;
        for (let k = 0; k < group; k++) sum += mel[i * sourceBands + band * group + k];
        values[(start + i) * bands + band] = sum / group;
        total += sum / group;
      }
      loudness[start + i] = total / bands;
    }
  }
  return { count, values, loudness };
}

/** Measures level and mean spectrum over 20 bands. */
export function profileOf(sound: BandFrames): VoiceLevel {
  const sorted = Float32Array.from(sound.loudness).sort();
  const peak = sorted.length > 0 ? sorted[Math.floor(0.95 * (sorted.length - 1))] : 0;
  const mean = new Float32Array(bands);
  let loudFrames = 0;
  for (let i = 0; i < sound.count; i++) {
    if (sound.loudness[i] < peak - loudNats) continue;
    loudFrames++;
    for (let band = 0; band < bands; band++) mean[band] += sound.values[i * bands + band];
  }
  for (let band = 0; band < bands; band++) mean[band] = loudFrames > 0 ? mean[band] / loudFrames : peak;
  return { peak, mean, loudFrames };
}

/**
 * The sound around one moment as a predictor sees it: 20 bands at moments 30 ms apart, floor and mean removed.
 * @param seconds moment on the sound's own clock.
 * @param out as long as `contextSize` of the steps wanted.
 */
export function contextAt(sound: BandFrames, profile: VoiceLevel, seconds: number, out: Float32Array): void {
  const centre = Math.round(seconds * voiceMelRateHz - 0.5);
  const floor = profile.peak - floorNats;
  const steps = contextSteps(out.length);
  let at = 0;
  for (let step = -steps; step <= steps; step++) {
    const first = centre + step * contextStride - (contextStride - 1) / 2;
    for (let band = 0; band < bands; band++) {
      let sum = 0;
      for (let k = 0; k < contextStride; k++) {
        const frame = first + k;
        const value = frame >= 0 && frame < sound.count ? sound.values[frame * bands + band] : floor;
        sum += value < floor ? floor : value;
      }
      out[at++] = (sum / contextStride - profile.mean[band]) / 2.5;
    }
  }
}

/** Loudness around a moment above the floor, 0 (silence) to about 1 (loudest speech), over 50 ms. */
export function loudnessAt(sound: BandFrames, profile: VoiceLevel, seconds: number): number {
  const centre = Math.round(seconds * voiceMelRateHz - 0.5);
  let sum = 0;
  for (let frame = centre - 2; frame <= centre + 2; frame++) {
    const value = frame >= 0 && frame < sound.count ? sound.loudness[frame] : -Infinity;
    sum += Math.min(Math.max((value - profile.peak + floorNats) / floorNats, 0), 1.2);
  }
  return sum / 5;
}

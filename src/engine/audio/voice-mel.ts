import type { PcmReader } from '../lipsync/types.ts';
import { logMelBandCount, logMelFrames } from './spectral-features.ts';

/** Mel frames per second of sound. */
export const voiceMelRateHz = 100;
const hopSamples = 160;
/** How far below the loudest speech the floor lies, in nats of power (39 dB): under it there is only the room. */
const floorNats = 9;
/** Frames closer than this to the loudest count as speech when the mean spectrum is taken. */
const loudNats = 4.5;
/** Which share of frames is quieter than "the loudest speech": a click or a cough does not set the level. */
const loudestQuantile = 0.95;
const spread = 2.5;
const blockFrames = 1000;
/** Sounds up to two minutes keep their mel between the two passes (4 MB); longer ones are read again. */
const keptFrames = 12_000;

/** Level and colour of a sound: what differs between two voices and microphones, not between two vowels. */
export interface VoiceLevel {
  /** 95th percentile of frame loudness (mean log power over the bands), nats. */
  readonly peak: number;
  /** Mean of each of the 80 bands over loud frames, floor applied. */
  readonly mean: Float32Array;
  readonly loudFrames: number;
}

/** How many mel frames a sound has: only whole hops count. */
export function voiceMelCount(pcm: PcmReader): number {
  return Math.floor(pcm.sampleCount / hopSamples);
}

/**
 * Log-mel frames `start` to `start + count` of a sound, as they are: row-major [count × 80], frame k centred on
 * (k + 0.5) · 10 ms. Frames beyond both ends are silence.
 */
export function readVoiceMel(pcm: PcmReader, start: number, count: number): Float32Array {
  const startSample = start * hopSamples + hopSamples / 2;
  return logMelFrames(pcm, { startSample, frameCount: count, hopSamples });
}

function loudnessOf(mel: Float32Array, frame: number): number {
  let sum = 0;
  for (let band = 0; band < logMelBandCount; band++) sum += mel[frame * logMelBandCount + band];
  return sum / logMelBandCount;
}

/** Measures a whole sound in two passes of ten-second pieces; 4 bytes a frame stay in memory. */
export function measureVoiceLevel(pcm: PcmReader, signal: AbortSignal): VoiceLevel {
  const count = voiceMelCount(pcm);
  const loudness = new Float32Array(count);
  const kept = new Map<number, Float32Array>();
  const eachBlock = (visit: (mel: Float32Array, start: number, length: number) => void): void => {
    for (let start = 0; start < count; start += blockFrames) {
      signal.throwIfAborted();
      const length = Math.min(blockFrames, count - start);
      const mel = kept.get(start) ?? readVoiceMel(pcm, start, length);
      if (count <= keptFrames) kept.set(start, mel);
      visit(mel, start, length);
    }
  };
  eachBlock((mel, start, length) => {
    for (let i = 0; i < length; i++) loudness[start + i] = loudnessOf(mel, i);
  });
  const sorted = Float32Array.from(loudness).sort();
  const peak = count > 0 ? sorted[Math.floor(loudestQuantile * (count - 1))] : 0;
  const sums = new Float64Array(logMelBandCount);
  let loudFrames = 0;
  eachBlock((mel, start, length) => {
    for (let i = 0; i < length; i++) {
      if (loudness[start + i] <= peak - loudNats) continue;
      loudFrames++;
      for (let band = 0; band < logMelBandCount; band++)
        sums[band] += Math.max(peak - floorNats, mel[i * logMelBandCount + band]);
    }
  });
  return { peak, mean: Float32Array.from(sums, (sum) => sum / Math.max(loudFrames, 1)), loudFrames };
}

/**
 * A short stretch of voice knows its own mean spectrum badly: it is drawn towards another sound's (the film's) as if
 * that had been heard for `priorFrames` more, after their levels are made equal.
 */
export function steadyLevel(
  voice: VoiceLevel,
  prior: VoiceLevel | null,
  priorFrames = voiceMelRateHz,
): VoiceLevel {
  if (!prior) return voice;
  const mean = voice.mean.map((value, band) => {
    const expected = prior.mean[band] - prior.peak + voice.peak;
    return (voice.loudFrames * value + priorFrames * expected) / (voice.loudFrames + priorFrames);
  });
  return { ...voice, mean };
}

/**
 * Brings mel frames to the common level that the networks know, and turns them on their side: [count × 80] in,
 * [80 × count] out, most values between -2 and 2 whoever speaks into whatever microphone.
 */
export function normaliseVoiceMel(mel: Float32Array, level: VoiceLevel): Float32Array {
  const count = mel.length / logMelBandCount;
  const floor = level.peak - floorNats;
  const out = new Float32Array(mel.length);
  for (let i = 0; i < count; i++) {
    for (let band = 0; band < logMelBandCount; band++) {
      const value = Math.max(floor, mel[i * logMelBandCount + band]);
      out[band * count + i] = (value - level.mean[band]) / spread;
    }
  }
  return out;
}

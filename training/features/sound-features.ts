import { writeFileSync } from 'node:fs';
import {
  measureVoiceLevel,
  normaliseVoiceMel,
  readVoiceMel,
  voiceMelCount,
  voiceMelRateHz,
} from '../../src/engine/audio/voice-mel.ts';
import { logMelBandCount } from '../../src/engine/audio/spectral-features.ts';
import type { PcmReader } from '../../src/engine/lipsync/types.ts';

/** A mel frame as the product normalises it: what training's own normalisation is checked against. */
export interface NormalisationProbe {
  readonly frame: number;
  readonly values: readonly number[];
}

/** What training knows of a sound beside its mel frames. */
export interface SoundFacts {
  readonly melFrames: number;
  readonly melBands: number;
  readonly melRateHz: number;
  /** The quietest frame, the loudest and the middle one. */
  readonly probes: readonly NormalisationProbe[];
}

const floatBytes = 4;

function bytesOf(floats: Float32Array): Buffer {
  return Buffer.from(floats.buffer, floats.byteOffset, floats.length * floatBytes);
}

/** Sum over the bands: enough to find the quietest and the loudest frame. */
function loudnessOf(mel: Float32Array, frame: number): number {
  let sum = 0;
  for (let band = 0; band < logMelBandCount; band++) sum += mel[frame * logMelBandCount + band];
  return sum;
}

/** Columns of the sideways mel [80 × count] that the product would show its networks. */
function probesOf(mel: Float32Array, normalised: Float32Array): NormalisationProbe[] {
  const count = mel.length / logMelBandCount;
  if (count === 0) return [];
  let [quietest, loudest] = [0, 0];
  for (let frame = 1; frame < count; frame++) {
    if (loudnessOf(mel, frame) < loudnessOf(mel, quietest)) quietest = frame;
    if (loudnessOf(mel, frame) > loudnessOf(mel, loudest)) loudest = frame;
  }
  return [quietest, loudest, Math.floor(count / 2)].map((frame) => ({
    frame,
    values: Array.from({ length: logMelBandCount }, (_, band) => normalised[band * count + frame]),
  }));
}

/**
 * The log-mel frames of a sound by the product's own code, row-major [count × 80], not yet normalised, because noise
 * and rooms are mixed in before that.
 */
export function soundFeaturesOf(
  pcm: PcmReader,
  signal: AbortSignal,
): { readonly mel: Float32Array; readonly facts: SoundFacts } {
  const melFrames = voiceMelCount(pcm);
  const mel = readVoiceMel(pcm, 0, melFrames);
  const normalised = normaliseVoiceMel(mel, measureVoiceLevel(pcm, signal));
  const probes = probesOf(mel, normalised);
  return { mel, facts: { melFrames, melBands: logMelBandCount, melRateHz: voiceMelRateHz, probes } };
}

/** Writes floats as they lie in memory: little-endian on every machine Node runs on. */
export function writeFloats(path: string, floats: Float32Array): void {
  writeFileSync(path, bytesOf(floats));
}

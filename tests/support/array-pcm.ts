import type { PcmReader } from '../../src/engine/lipsync/types.ts';

/** Sound held in memory, with a note of the most that was asked for at once. */
export interface ArrayPcm extends PcmReader {
  readonly largestRead: () => number;
}

/** A reader over samples in memory, 16 kHz unless told; outside there is silence. */
export function arrayPcm(samples: Float32Array, sampleRateHz = 16_000): ArrayPcm {
  let largest = 0;
  return {
    sampleRateHz,
    sampleCount: samples.length,
    largestRead: () => largest,
    read(start, count) {
      largest = Math.max(largest, count);
      const out = new Float32Array(count);
      const from = Math.max(0, start);
      const end = Math.min(samples.length, start + count);
      if (end > from) out.set(samples.subarray(from, end), from - start);
      return out;
    },
    close() {
      // nothing is held open
    },
  };
}

/** Samples of a 16-bit mono WAV file with a plain header. */
export function samplesOfWav(file: Buffer): Float32Array {
  const dataAt = file.indexOf('data', 12, 'latin1');
  const count = file.readUInt32LE(dataAt + 4) / 2;
  return Float32Array.from({ length: count }, (_, i) => file.readInt16LE(dataAt + 8 + i * 2) / 32768);
}

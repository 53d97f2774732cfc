import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { PcmReader } from '../engine/lipsync/types.ts';

/** Decoded sound is mono float32 at this rate everywhere. */
export const pcmRateHz = 16_000;
const bytesPerSample = 4;
const samplesPerRead = 1 << 18;

/** A file of 16 kHz mono float32 samples, read piece by piece. */
export class PcmFile implements PcmReader {
  readonly sampleRateHz = pcmRateHz;
  readonly sampleCount: number;
  readonly #descriptor: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    this.sampleCount = Math.floor(fstatSync(this.#descriptor).size / bytesPerSample);
  }

  read(start: number, count: number): Float32Array {
    const samples = new Float32Array(count);
    const first = Math.max(0, start);
    const end = Math.min(this.sampleCount, start + count);
    if (end > first) {
      const view = new Uint8Array(
        samples.buffer,
        (first - start) * bytesPerSample,
        (end - first) * bytesPerSample,
      );
      let done = 0;
      while (done < view.byteLength) {
        const position = first * bytesPerSample + done;
        const got = readSync(this.#descriptor, view, done, view.byteLength - done, position);
        if (got === 0) break;
        done += got;
      }
    }
    return samples;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** SHA-256 of exactly these samples as little-endian float32; what lies outside the sound counts as silence. */
export function sha256OfSamples(pcm: PcmReader, startSample: number, sampleCount: number): string {
  const hash = createHash('sha256');
  for (let done = 0; done < sampleCount; done += samplesPerRead) {
    const piece = pcm.read(startSample + done, Math.min(samplesPerRead, sampleCount - done));
    hash.update(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
  }
  return hash.digest('hex');
}

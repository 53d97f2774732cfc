import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { PcmReader } from '../engine/lipsync/types.ts';

const samplesPerRead = 1 << 18;

/** Lower-case hex SHA-256 of a text in UTF-8. */
export function sha256OfText(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Lower-case hex SHA-256 of a file's bytes, read in pieces. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
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

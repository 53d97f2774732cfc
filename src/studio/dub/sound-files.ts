import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EnginePort } from '../engine-port.ts';

/** Raised whenever decoding gives other samples for the same file. */
const soundVersion = 1;

/** A sound that is to lie decoded on disk. */
export interface SoundRequest {
  readonly path: string;
  /** SHA-256 of the file's bytes: names the result, so that an unchanged file is decoded once. */
  readonly sha256: string;
  readonly soundFolder: string;
  readonly engine: EnginePort;
  readonly signal: AbortSignal;
}

/**
 * The file's sound as 16 kHz mono float32 on disk.
 * @returns The decoded file's path.
 * @throws DubwrightError MEDIA_NO_AUDIO, AUDIO_EMPTY and what decoding throws
 */
export async function decodeOnce(request: SoundRequest): Promise<string> {
  const { engine, path, sha256, signal, soundFolder } = request;
  const outPath = join(soundFolder, `${sha256}-v${soundVersion}.f32`);
  if (!existsSync(outPath))
    await engine.call('decodeSound', { path, streamIndex: null, outPath }, { signal });
  return outPath;
}

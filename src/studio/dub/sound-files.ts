import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
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
 */
export async function decodeOnce(request: SoundRequest): Promise<string> {
  const finished = join(request.soundFolder, `${request.sha256}-v${soundVersion}.f32`);
  if (existsSync(finished)) return finished;
  const unfinished = join(request.soundFolder, `${request.sha256}-${process.pid}.part`);
  try {
    await request.engine.call(
      'decodeSound',
      { path: request.path, streamIndex: null, outPath: unfinished },
      { signal: request.signal },
    );
    renameSync(unfinished, finished);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return finished;
}

/** Nothing takes this long to decode: what is older was left by a killed run. */
const abandonedMs = 24 * 3_600_000;

/** Removes what killed runs left half decoded. Younger files may be another process's, at work on the same film. */
export function removeAbandoned(soundFolder: string, nowMs: number): void {
  for (const name of readdirSync(soundFolder)) {
    const path = join(soundFolder, name);
    const stats = name.endsWith('.part') ? statSync(path, { throwIfNoEntry: false }) : undefined;
    if (stats !== undefined && nowMs - stats.mtimeMs > abandonedMs) rmSync(path, { force: true });
  }
}

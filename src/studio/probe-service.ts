import { access, constants, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DubwrightError } from '../contract/errors.ts';
import type { ProbeResult } from '../engine/host/tasks.ts';
import type { EnginePort } from './engine-port.ts';
import type { CacheIndex, FileStamp } from './store/cache-index.ts';

/**
 * The file's identity on disk, by which it is known again.
 * @throws DubwrightError FILE_NOT_FOUND, FILE_NOT_READABLE
 */
export async function stampOf(path: string): Promise<FileStamp & { readonly modifiedMs: number }> {
  const absolute = resolve(path);
  const stats = await stat(absolute, { bigint: true }).catch((thrown: unknown) => {
    throw new DubwrightError('FILE_NOT_FOUND', { path }, { cause: thrown });
  });
  if (!stats.isFile()) throw new DubwrightError('FILE_NOT_READABLE', { path, reason: 'it is not a file' });
  await access(absolute, constants.R_OK).catch((thrown: unknown) => {
    throw new DubwrightError('FILE_NOT_READABLE', { path, reason: 'no permission' }, { cause: thrown });
  });
  return {
    path: absolute,
    sizeBytes: Number(stats.size),
    modifiedNs: String(stats.mtimeNs),
    modifiedMs: Number(stats.mtimeNs / 1_000_000n),
    inode: String(stats.ino),
  };
}

/** Probes files, and remembers what it found as long as a file stays the same. */
export interface ProbeOptions {
  readonly engine: EnginePort;
  /** Null asks the engine every time. */
  readonly index: CacheIndex | null;
  readonly signal: AbortSignal;
}

/**
 * What a media file holds, with its frame grid and hash; an unchanged file is not read again.
 * @throws DubwrightError FILE_NOT_FOUND, FILE_NOT_READABLE and the engine's MEDIA_… codes
 */
export async function probeFile(path: string, { engine, index, signal }: ProbeOptions): Promise<ProbeResult> {
  const stamp = await stampOf(path);
  const known = index?.readProbe(stamp) ?? null;
  if (known !== null) return JSON.parse(known) as ProbeResult;
  const result = await engine.call('probe', { path: stamp.path }, { signal });
  index?.writeProbe(stamp, JSON.stringify(result), Date.now());
  return result;
}

import { mkdirSync } from 'node:fs';
import { DubwrightError } from '../contract/errors.ts';
import { toOutputError } from '../engine/media/output-file.ts';

/**
 * Makes a folder with its parents unless it is there.
 * @throws DubwrightError OUTPUT_NOT_WRITABLE (also where a file is in the way), DISK_FULL
 */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (thrown) {
    const isInTheWay = thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST';
    throw isInTheWay
      ? new DubwrightError('OUTPUT_NOT_WRITABLE', { path, reason: 'a file is in the way' }, { cause: thrown })
      : toOutputError(thrown, path);
  }
}

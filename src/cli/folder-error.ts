import { DubwrightError } from '../contract/errors.ts';

/** A folder that could not be made, as the error that a person is shown. */
export function toFolderError(thrown: unknown, path: string): DubwrightError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  return code === 'ENOSPC'
    ? new DubwrightError('DISK_FULL', { path }, { cause: thrown })
    : new DubwrightError('OUTPUT_NOT_WRITABLE', { path, reason: code }, { cause: thrown });
}

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DubwrightError } from '../../contract/errors.ts';

/**
 * A hidden name in the folder of `path` for what is not finished yet. Short, so that it fits where `path` fits, and
 * in the same folder, so that renaming cannot cross file systems. It carries the process id: what a killed process
 * leaves behind can be told from what a living one works on.
 */
export function temporaryPathBeside(path: string): string {
  return join(dirname(path), `.dubwright-${process.pid}-${randomBytes(6).toString('hex')}.part`);
}

/** The code of a Node system error ("ENOSPC"), or '' for anything else. */
function systemCode(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const forbiddenCodes = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ENAMETOOLONG',
  'EINVAL',
  'EIO',
]);

/** Turns a failed write to `path` into DISK_FULL or OUTPUT_NOT_WRITABLE; leaves every other error as it is. */
export function toOutputError(thrown: unknown, path: string): unknown {
  const code = systemCode(thrown);
  if (fullCodes.has(code)) return new DubwrightError('DISK_FULL', { path }, { cause: thrown });
  if (forbiddenCodes.has(code))
    return new DubwrightError('OUTPUT_NOT_WRITABLE', { path, reason: code }, { cause: thrown });
  return thrown;
}

/** Deletes a file that may not be there; never throws, because it runs while another error is on its way. */
export async function discard(path: string): Promise<void> {
  await rm(path, { force: true }).catch(() => undefined);
}

/**
 * Looks before the long work starts whether `path` can be written.
 * @throws DubwrightError OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE
 */
export async function checkOutputPath(path: string, overwrite: boolean): Promise<void> {
  const existing = await stat(path).catch(() => null);
  if (existing?.isDirectory() === true) {
    throw new DubwrightError('OUTPUT_NOT_WRITABLE', { path, reason: 'EISDIR' });
  }
  if (existing && !overwrite) throw new DubwrightError('OUTPUT_EXISTS', { path });
  try {
    await access(dirname(path), constants.W_OK | constants.X_OK);
    const folder = await stat(dirname(path));
    if (!folder.isDirectory()) throw new DubwrightError('OUTPUT_NOT_WRITABLE', { path, reason: 'ENOTDIR' });
  } catch (thrown) {
    throw toOutputError(thrown, path);
  }
}

/**
 * Gives a finished file its real name in one step.
 * @throws DubwrightError OUTPUT_EXISTS when the name was taken meanwhile and `overwrite` is false
 */
export async function commitFile(temporaryPath: string, path: string, overwrite: boolean): Promise<void> {
  try {
    if (!overwrite && (await linkWithoutReplacing(temporaryPath, path))) return;
    await rename(temporaryPath, path);
  } catch (thrown) {
    await discard(temporaryPath);
    throw toOutputError(thrown, path);
  }
}

/** Unlike `rename`, `link` refuses to replace; false where the file system knows no hard links. */
async function linkWithoutReplacing(temporaryPath: string, path: string): Promise<boolean> {
  try {
    await link(temporaryPath, path);
  } catch (thrown) {
    if (systemCode(thrown) === 'EEXIST') throw new DubwrightError('OUTPUT_EXISTS', { path });
    if (await stat(path).catch(() => null)) throw new DubwrightError('OUTPUT_EXISTS', { path });
    return false;
  }
  await discard(temporaryPath);
  return true;
}

/** Writes a small text file under a temporary name and renames it into place, replacing what was there. */
export async function writeTextFile(path: string, text: string): Promise<void> {
  const temporaryPath = temporaryPathBeside(path);
  try {
    await writeFile(temporaryPath, text);
  } catch (thrown) {
    await discard(temporaryPath);
    throw toOutputError(thrown, path);
  }
  await commitFile(temporaryPath, path, true);
}

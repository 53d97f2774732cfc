import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * A folder of real footage, real voices or other people's models that are not part of this repository: from the
 * environment variable DUBWRIGHT_SHARED_MEDIA, else `../shared` beside the checkout. Null when it is not there;
 * a test that needs it then skips with a printed reason.
 */
export function sharedFolder(kind: 'clips' | 'voices' | 'onnx'): string | null {
  const root = process.env['DUBWRIGHT_SHARED_MEDIA'] ?? join(repository, '../shared');
  const folder = join(root, kind);
  return existsSync(folder) ? folder : null;
}

/** Why a test without shared media does not run, for node:test's `skip`. */
export const sharedMediaMissing = 'no shared media here (set DUBWRIGHT_SHARED_MEDIA)';

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Folder of real footage, voices or models for tests that want more than they can make themselves: under
 * DUBWRIGHT_SHARED_MEDIA, else in `shared` beside the checkout. Null where there is none; tests then skip and say so.
 */
export function sharedFolder(kind: 'clips' | 'voices' | 'onnx'): string | null {
  const beside = fileURLToPath(new URL('../../../shared', import.meta.url));
  const folder = join(process.env['DUBWRIGHT_SHARED_MEDIA'] ?? beside, kind);
  return existsSync(folder) ? folder : null;
}

import { randomUUID } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';

const attempts = 8;

/**
 * Gives a finished folder its name in one step, so that a folder of that name is always complete. Several processes may
 * work on the same film at once: where another was first and its folder `isComplete`, that one stays and ours goes;
 * anything else of that name (an older version, a damaged one) is replaced.
 * @throws what the file system says, when the name cannot be taken for another reason.
 */
export function commitFolder(unfinished: string, folder: string, isComplete: () => boolean): void {
  for (let attempt = 1; ; attempt++) {
    if (isComplete()) {
      rmSync(unfinished, { recursive: true, force: true });
      return;
    }
    moveAside(folder);
    try {
      renameSync(unfinished, folder);
      return;
    } catch (error) {
      // Somebody took the name between our two steps: look again.
      if (!isTaken(error) || attempt === attempts) throw error;
    }
  }
}

/** Renames before deleting: deleting a folder takes a while, in which it would be there by half. */
function moveAside(folder: string): void {
  const aside = `${folder}.${randomUUID()}.part`;
  try {
    renameSync(folder, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

function isTaken(error: unknown): boolean {
  return ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

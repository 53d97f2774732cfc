import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DubwrightError } from '../../contract/errors.ts';
import { asReadable, inTransaction, openSqlite, withSqliteErrors } from './database.ts';
import type { RawDb, ReadableDb, WritableDb } from './database.ts';
import { migrate } from './migrate.ts';
import type { DatabaseLayout } from './migrate.ts';
import { projectMigrations } from './migrations/project-migrations.ts';

/** "DUBW" */
const projectApplicationId = 0x44554257;
const projectLayout: DatabaseLayout = { applicationId: projectApplicationId, migrations: projectMigrations };

/**
 * An open project file. It belongs to this process until closed; a process that is killed gives it up, and what was
 * committed is there when it is opened again.
 */
export class ProjectStore {
  readonly path: string;
  readonly db: ReadableDb;
  readonly #raw: RawDb;

  constructor(path: string, raw: RawDb) {
    this.path = path;
    this.db = asReadable(raw);
    this.#raw = raw;
  }

  /** Folder beside the project file for its caches and takes: `speech.dubwright-data`. */
  get dataFolder(): string {
    return `${this.path}-data`;
  }

  /** One edit, one transaction. */
  edit<T>(work: (db: WritableDb) => T): T {
    return withSqliteErrors(this.path, () => inTransaction(this.#raw, work));
  }

  close(): void {
    this.#raw.close();
  }
}

/** SQLite would replace an empty file and refuse others one by one; a look at the first bytes says it at once. */
function requireSqliteFile(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || (stats.isFile() && stats.size === 0)) return;
  if (!stats.isFile()) throw new DubwrightError('PROJECT_CORRUPT', { path, reason: 'it is not a file' });
  const head = Buffer.alloc(16);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, head, 0, 16, 0);
  } finally {
    closeSync(descriptor);
  }
  if (head.toString('latin1') !== 'SQLite format 3\0') {
    throw new DubwrightError('PROJECT_CORRUPT', { path, reason: 'it is not a project file' });
  }
}

/**
 * Opens a project file, or makes it.
 * @param path May be relative.
 * @throws DubwrightError PROJECT_CORRUPT, PROJECT_TOO_NEW, PROJECT_LOCKED (another process has it open),
 * OUTPUT_NOT_WRITABLE or DISK_FULL, each with the path.
 */
export function openProject(path: string, layout: DatabaseLayout = projectLayout): ProjectStore {
  const absolute = resolve(path);
  try {
    mkdirSync(dirname(absolute), { recursive: true });
    requireSqliteFile(absolute);
  } catch (thrown) {
    throw fileError(thrown, absolute);
  }
  return withSqliteErrors(absolute, () => {
    const raw = openSqlite(absolute, true);
    try {
      migrate(raw, absolute, layout);
      return new ProjectStore(absolute, raw);
    } catch (thrown) {
      raw.close();
      throw thrown;
    }
  });
}

function fileError(thrown: unknown, path: string): unknown {
  if (thrown instanceof DubwrightError || !(thrown instanceof Error)) return thrown;
  const code = 'code' in thrown ? String(thrown.code) : '';
  if (code === 'ENOSPC') return new DubwrightError('DISK_FULL', { path }, { cause: thrown });
  return new DubwrightError('OUTPUT_NOT_WRITABLE', { path, reason: thrown.message }, { cause: thrown });
}

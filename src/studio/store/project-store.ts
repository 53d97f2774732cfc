import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DubwrightError } from '../../contract/errors.ts';
import { toOutputError } from '../../engine/media/output-file.ts';
import { makeFolder } from '../make-folder.ts';
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

/** Length of SQLite's own header, and where its fields lie (https://www.sqlite.org/fileformat2.html#the_database_header). */
const headerBytes = 100;
const header = { magic: 'SQLite format 3\0', writeVersionAt: 18, applicationIdAt: 68, walWriteVersion: 2 };

/**
 * Looks at a file's first bytes before SQLite does: switching a file to WAL changes it, and what is not ours must
 * stay as it is. A project whose making was interrupted says so only in its WAL and passes here.
 */
function requireOurFile(path: string, applicationId: number): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || (stats.isFile() && stats.size === 0)) return;
  if (!stats.isFile()) throw new DubwrightError('PROJECT_CORRUPT', { path, reason: 'it is not a file' });
  const head = Buffer.alloc(headerBytes);
  const descriptor = openSync(path, 'r');
  try {
    readSync(descriptor, head, 0, headerBytes, 0);
  } finally {
    closeSync(descriptor);
  }
  if (head.toString('latin1', 0, header.magic.length) !== header.magic) {
    throw new DubwrightError('PROJECT_CORRUPT', { path, reason: 'it is not a project file' });
  }
  const foundId = head.readUInt32BE(header.applicationIdAt);
  const isUnfinished = foundId === 0 && head[header.writeVersionAt] === header.walWriteVersion;
  if (foundId !== applicationId && !isUnfinished) {
    throw new DubwrightError('PROJECT_CORRUPT', { path, reason: 'it belongs to another program' });
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
    makeFolder(dirname(absolute));
    requireOurFile(absolute, layout.applicationId);
  } catch (thrown) {
    throw toOutputError(thrown, absolute);
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

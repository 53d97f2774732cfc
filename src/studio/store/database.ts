import Sqlite from 'better-sqlite3';
import { DubwrightError } from '../../contract/errors.ts';
import type { ErrorCode } from '../../contract/errors.ts';

declare const readable: unique symbol;
declare const writable: unique symbol;

/** A database that may be read. What only reads asks for this type, so that it cannot write by mistake. */
export type ReadableDb = Pick<Sqlite.Database, 'name' | 'prepare'> & { readonly [readable]: true };
/** A database inside a transaction that may change it. Only `inTransaction` makes one. */
export type WritableDb = ReadableDb & { readonly [writable]: true };

const errorCodes: readonly (readonly [prefix: string, code: ErrorCode])[] = [
  ['SQLITE_NOTADB', 'PROJECT_CORRUPT'],
  ['SQLITE_CORRUPT', 'PROJECT_CORRUPT'],
  ['SQLITE_BUSY', 'PROJECT_LOCKED'],
  ['SQLITE_LOCKED', 'PROJECT_LOCKED'],
  ['SQLITE_FULL', 'DISK_FULL'],
  ['SQLITE_READONLY', 'OUTPUT_NOT_WRITABLE'],
  ['SQLITE_CANTOPEN', 'OUTPUT_NOT_WRITABLE'],
  ['SQLITE_PERM', 'OUTPUT_NOT_WRITABLE'],
];

/** SQLite's complaint as one of our codes, with the file's path; anything else as it came. */
export function mapSqliteError(thrown: unknown, path: string): unknown {
  if (!(thrown instanceof Sqlite.SqliteError)) return thrown;
  const match = errorCodes.find(([prefix]) => thrown.code.startsWith(prefix));
  if (!match) return new DubwrightError('INTERNAL', { path, cause: thrown.message }, { cause: thrown });
  return new DubwrightError(match[1], { path, reason: thrown.message }, { cause: thrown });
}

/** Runs `work` and lets SQLite's errors leave as ours. */
export function withSqliteErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw mapSqliteError(thrown, path);
  }
}

/** The database as readers see it. */
export function asReadable(raw: Sqlite.Database): ReadableDb {
  return raw as unknown as ReadableDb;
}

/** Runs `work` in one transaction: all of it happens, or nothing. Transactions do not nest. */
export function inTransaction<T>(raw: Sqlite.Database, work: (db: WritableDb) => T): T {
  return raw.transaction(() => work(raw as unknown as WritableDb)).immediate();
}

/** An open SQLite connection; for the store's own modules. */
export type RawDb = Sqlite.Database;

/**
 * Opens a file with the pragmas that every database of ours has.
 * @param exclusive Keeps everybody else out until closed; the lock dies with its process, however that ends.
 */
export function openSqlite(path: string, exclusive: boolean): RawDb {
  const raw = new Sqlite(path, { timeout: exclusive ? 250 : 5_000 });
  try {
    if (exclusive) raw.pragma('locking_mode = EXCLUSIVE');
    raw.pragma('journal_mode = WAL');
    raw.pragma('synchronous = NORMAL');
    raw.pragma('foreign_keys = ON');
    // WAL takes its exclusive lock at the first write.
    if (exclusive) raw.exec('BEGIN IMMEDIATE; COMMIT;');
    return raw;
  } catch (thrown) {
    raw.close();
    throw thrown;
  }
}

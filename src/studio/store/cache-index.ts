import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DubwrightError } from '../../contract/errors.ts';
import { makeFolder } from '../make-folder.ts';
import { asReadable, inTransaction, openSqlite, withSqliteErrors } from './database.ts';
import type { RawDb, WritableDb } from './database.ts';
import { migrate } from './migrate.ts';
import { selectAll, selectOne } from './rows.ts';

/** What tells whether a file is still the one that was looked at. */
export interface FileStamp {
  readonly path: string;
  readonly sizeBytes: number;
  /** Nanoseconds, as text because they exceed what a number holds. */
  readonly modifiedNs: string;
  readonly inode: string;
}

/** A film's folder in the cache. */
export interface CachedFilm {
  readonly id: string;
  readonly bytes: number;
  readonly lastUsedMs: number;
}

/** "DUBC" */
const cacheApplicationId = 0x44554243;
const cacheLayout = {
  applicationId: cacheApplicationId,
  migrations: [
    {
      version: 10,
      sql: `
        CREATE TABLE probes (
          path TEXT PRIMARY KEY,
          size_bytes INTEGER NOT NULL,
          modified_ns TEXT NOT NULL,
          inode TEXT NOT NULL,
          probe_version INTEGER NOT NULL,
          probe TEXT NOT NULL CHECK (json_valid(probe)),
          last_used_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE films (
          id TEXT PRIMARY KEY,
          bytes INTEGER NOT NULL,
          last_used_ms INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
      `,
    },
  ],
};

/** Raised whenever a probe's result gets other fields or another meaning. */
const probeVersion = 1;
const mostProbes = 500;
const probeRowSchema = z.object({ probe: z.string() }).transform((row) => row.probe);
const filmRowSchema = z
  .object({ id: z.string(), bytes: z.number(), last_used_ms: z.number() })
  .transform((row): CachedFilm => ({ id: row.id, bytes: row.bytes, lastUsedMs: row.last_used_ms }));

/** The index of the user's cache folder: what is known of media files, and which films lie in it since when. */
export class CacheIndex {
  readonly #raw: RawDb;

  constructor(raw: RawDb) {
    this.#raw = raw;
  }

  /** JSON of a file's probe when it is still the same file, or null. */
  readProbe(stamp: FileStamp): string | null {
    return selectOne(asReadable(this.#raw), probeRowSchema, {
      sql: `SELECT probe FROM probes
            WHERE path = ? AND size_bytes = ? AND modified_ns = ? AND inode = ? AND probe_version = ?`,
      values: [stamp.path, stamp.sizeBytes, stamp.modifiedNs, stamp.inode, probeVersion],
    });
  }

  /** Keeps a file's probe; the longest unused ones make room. */
  writeProbe(stamp: FileStamp, probe: string, nowMs: number): void {
    this.#edit((db) => {
      db.prepare('INSERT OR REPLACE INTO probes VALUES (?, ?, ?, ?, ?, ?, ?)').run(
        stamp.path,
        stamp.sizeBytes,
        stamp.modifiedNs,
        stamp.inode,
        probeVersion,
        probe,
        nowMs,
      );
      db.prepare(
        'DELETE FROM probes WHERE path NOT IN (SELECT path FROM probes ORDER BY last_used_ms DESC LIMIT ?)',
      ).run(mostProbes);
    });
  }

  /** Notes that a film's folder was used, and how large it is. */
  touchFilm(film: CachedFilm): void {
    this.#edit((db) => {
      db.prepare('INSERT OR REPLACE INTO films VALUES (?, ?, ?)').run(film.id, film.bytes, film.lastUsedMs);
    });
  }

  forgetFilm(id: string): void {
    this.#edit((db) => {
      db.prepare('DELETE FROM films WHERE id = ?').run(id);
    });
  }

  /** Longest unused first. */
  listFilms(): CachedFilm[] {
    return selectAll(asReadable(this.#raw), filmRowSchema, {
      sql: 'SELECT * FROM films ORDER BY last_used_ms, id',
    });
  }

  close(): void {
    this.#raw.close();
  }

  #edit(work: (db: WritableDb) => void): void {
    withSqliteErrors(this.#raw.name, () => inTransaction(this.#raw, work));
  }
}

function open(path: string): CacheIndex {
  return withSqliteErrors(path, () => {
    const raw = openSqlite(path, false);
    try {
      migrate(raw, path, cacheLayout);
      return new CacheIndex(raw);
    } catch (thrown) {
      raw.close();
      throw thrown;
    }
  });
}

/**
 * Opens the index of a cache folder, which is made when missing. A damaged index, or one of another version, is
 * thrown away and begun anew: it holds nothing that cannot be found again.
 */
export function openCacheIndex(cacheRoot: string): CacheIndex {
  makeFolder(cacheRoot);
  const path = join(cacheRoot, 'index.sqlite');
  try {
    return open(path);
  } catch (thrown) {
    const isUseless =
      thrown instanceof DubwrightError &&
      (thrown.code === 'PROJECT_CORRUPT' || thrown.code === 'PROJECT_TOO_NEW');
    if (!isUseless) throw thrown;
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    return open(path);
  }
}

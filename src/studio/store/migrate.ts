import { DubwrightError } from '../../contract/errors.ts';
import { inTransaction } from './database.ts';
import type { RawDb } from './database.ts';
import type { Migration } from './migrations/migration.ts';

/** What a database file must be to be ours. */
export interface DatabaseLayout {
  /** SQLite's `application_id`: tells our files from other SQLite files. */
  readonly applicationId: number;
  readonly migrations: readonly Migration[];
}

function pragmaNumber(raw: RawDb, name: 'application_id' | 'user_version'): number {
  return Number(raw.pragma(name, { simple: true }));
}

function requireRising(migrations: readonly Migration[]): void {
  for (const [index, { version }] of migrations.entries()) {
    if (version <= (migrations[index - 1]?.version ?? 0))
      throw new RangeError(`migration ${version} is out of order`);
  }
}

/** Nothing in it yet: just made, or its making was interrupted before the first commit. */
function isEmpty(raw: RawDb): boolean {
  return raw.prepare('SELECT count(*) FROM sqlite_master').pluck().get() === 0;
}

/**
 * Brings a database to the newest layout, in one transaction. A file of an older layout is copied beside itself
 * first (`<path>.v10-backup`).
 * @throws DubwrightError PROJECT_CORRUPT for another program's file or a damaged one, PROJECT_TOO_NEW for a file of
 * a newer version; neither is changed.
 */
export function migrate(raw: RawDb, path: string, layout: DatabaseLayout): void {
  requireRising(layout.migrations);
  const isNew = isEmpty(raw);
  if (!isNew && pragmaNumber(raw, 'application_id') !== layout.applicationId) {
    throw new DubwrightError('PROJECT_CORRUPT', { path, reason: 'it belongs to another program' });
  }
  const present = isNew ? 0 : pragmaNumber(raw, 'user_version');
  const newest = layout.migrations.at(-1)?.version ?? 0;
  if (present > newest)
    throw new DubwrightError('PROJECT_TOO_NEW', { path, version: present, known: newest });
  const check = raw.pragma('quick_check(1)', { simple: true });
  if (check !== 'ok') throw new DubwrightError('PROJECT_CORRUPT', { path, reason: String(check) });
  if (present === newest) return;
  if (!isNew) raw.prepare('VACUUM INTO ?').run(`${path}.v${present}-backup`);
  inTransaction(raw, () => {
    for (const { version, sql } of layout.migrations) if (version > present) raw.exec(sql);
    raw.pragma(`application_id = ${layout.applicationId}`);
    raw.pragma(`user_version = ${newest}`);
  });
}

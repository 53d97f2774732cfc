import { z } from 'zod';
import type { MediaRecord, MediaRole } from '../../core/project/records.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { selectOne } from './rows.ts';

const rowSchema = z
  .object({
    role: z.enum(['source', 'voice', 'subtitles']),
    path: z.string(),
    size_bytes: z.int(),
    modified_ms: z.number(),
    sha256: z.string(),
  })
  .transform((row): MediaRecord => ({
    role: row.role,
    path: row.path,
    sizeBytes: row.size_bytes,
    modifiedMs: row.modified_ms,
    sha256: row.sha256,
  }));

/** The file that has this role, or null. */
export function readMedia(db: ReadableDb, role: MediaRole): MediaRecord | null {
  return selectOne(db, rowSchema, { sql: 'SELECT * FROM media WHERE role = ?', values: [role] });
}

/** Notes which file has a role now. */
export function writeMedia(db: WritableDb, media: MediaRecord): void {
  db.prepare(
    `INSERT INTO media (role, path, size_bytes, modified_ms, sha256) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET path = excluded.path, size_bytes = excluded.size_bytes,
       modified_ms = excluded.modified_ms, sha256 = excluded.sha256`,
  ).run(media.role, media.path, media.sizeBytes, media.modifiedMs, media.sha256);
}

import { z } from 'zod';
import type { OutputRecord } from '../../core/project/records.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { selectOne } from './rows.ts';

const rowSchema = z
  .object({
    path: z.string(),
    key: z.string(),
    size_bytes: z.int(),
    modified_ms: z.number(),
    created_ms: z.int(),
    details: z.string(),
  })
  .transform((row): OutputRecord => {
    const details = z
      .object({ sidecarPath: z.string(), patchedFrames: z.int() })
      .parse(JSON.parse(row.details));
    return {
      path: row.path,
      key: row.key,
      sizeBytes: row.size_bytes,
      modifiedMs: row.modified_ms,
      createdMs: row.created_ms,
      ...details,
    };
  });

/** What was last written to this path by this project, or null. */
export function readOutput(db: ReadableDb, path: string): OutputRecord | null {
  return selectOne(db, rowSchema, { sql: 'SELECT * FROM outputs WHERE path = ?', values: [path] });
}

/** Notes a finished film. */
export function writeOutput(db: WritableDb, output: OutputRecord): void {
  const { sidecarPath, patchedFrames } = output;
  db.prepare(
    `INSERT INTO outputs (path, key, size_bytes, modified_ms, created_ms, details) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET key = excluded.key, size_bytes = excluded.size_bytes,
       modified_ms = excluded.modified_ms, created_ms = excluded.created_ms, details = excluded.details`,
  ).run(
    output.path,
    output.key,
    output.sizeBytes,
    output.modifiedMs,
    Math.round(output.createdMs),
    JSON.stringify({ sidecarPath, patchedFrames }),
  );
}

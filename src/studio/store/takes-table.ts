import { z } from 'zod';
import { takeSyncSchema } from '../../contract/sync.ts';
import type { TakeOutcome, TakeRecord } from '../../core/project/records.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { selectAll, selectOne } from './rows.ts';

const outcomeSchema: z.ZodType<TakeOutcome> = z.object({
  patchedFrames: z.int().nonnegative(),
  framesWithoutFace: z.int().nonnegative(),
  notes: z.array(z.string()),
  elapsedMs: z.number(),
  stageMs: z.record(z.string(), z.number()),
  /** Projects of earlier versions have none. */
  sync: takeSyncSchema.nullable().default(null),
});

const rowSchema = z
  .object({
    key: z.string(),
    segment_id: z.string(),
    is_current: z.union([z.literal(0), z.literal(1)]),
    start_frame: z.int(),
    end_frame: z.int(),
    file: z.string(),
    created_ms: z.int(),
    outcome: z.string().nullable(),
  })
  .transform((row): TakeRecord => ({
    key: row.key,
    segmentId: row.segment_id,
    state: row.is_current === 1 ? 'current' : 'kept',
    startFrame: row.start_frame,
    endFrame: row.end_frame,
    file: row.file,
    createdMs: row.created_ms,
    outcome: row.outcome === null ? null : outcomeSchema.parse(JSON.parse(row.outcome)),
  }));

/** The take of a key, or null. */
export function readTake(db: ReadableDb, key: string): TakeRecord | null {
  return selectOne(db, rowSchema, { sql: 'SELECT * FROM takes WHERE key = ?', values: [key] });
}

/** Every take of a segment, oldest first. */
export function readTakesOfSegment(db: ReadableDb, segmentId: string): TakeRecord[] {
  return selectAll(db, rowSchema, {
    sql: 'SELECT * FROM takes WHERE segment_id = ? ORDER BY created_ms, key',
    values: [segmentId],
  });
}

/** Notes a finished take, or that one is known again, and makes it the one in use for its segment. Older ones stay. */
export function writeCurrentTake(db: WritableDb, take: Omit<TakeRecord, 'state'>): void {
  db.prepare('UPDATE takes SET is_current = 0 WHERE segment_id = ? AND key <> ?').run(
    take.segmentId,
    take.key,
  );
  db.prepare(
    `INSERT INTO takes (key, segment_id, is_current, start_frame, end_frame, file, created_ms, outcome)
     VALUES (?, ?, 1, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET segment_id = excluded.segment_id, is_current = 1, file = excluded.file,
       outcome = coalesce(excluded.outcome, outcome)`,
  ).run(
    take.key,
    take.segmentId,
    take.startFrame,
    take.endFrame,
    take.file,
    Math.round(take.createdMs),
    take.outcome === null ? null : JSON.stringify(take.outcome),
  );
}

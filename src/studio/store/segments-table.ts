import { z } from 'zod';
import { reconcileSegments } from '../../core/segments/reconcile-segments.ts';
import type { Segment, SegmentDraft } from '../../core/segments/segment.ts';
import type { ReadableDb, WritableDb } from './database.ts';
import { selectAll } from './rows.ts';
import { readSetting, writeSetting } from './settings-table.ts';

const rowSchema = z
  .object({
    id: z.string(),
    start_frame: z.int(),
    end_frame: z.int(),
    origin: z.enum(['cue', 'gap', 'voice']),
    text: z.string(),
  })
  .transform((row): Segment => ({
    id: row.id,
    startFrame: row.start_frame,
    endFrame: row.end_frame,
    origin: row.origin,
    text: row.text,
  }));

/** The film's segments in film order. */
export function readSegments(db: ReadableDb): Segment[] {
  return selectAll(db, rowSchema, {
    sql: `SELECT id, start_frame, end_frame, origin, text FROM segments
          WHERE removed = 0 ORDER BY start_frame, end_frame`,
  });
}

/**
 * Makes these the film's segments. Those that were there before, moved or reworded, keep their ids and with them
 * their takes; the others are marked as removed.
 */
export function replaceSegments(db: WritableDb, drafts: readonly SegmentDraft[]): Segment[] {
  let next = readSetting(db, 'nextSegmentNumber') ?? 1;
  const segments = reconcileSegments(readSegments(db), drafts, () => `s${next++}`);
  db.prepare('UPDATE segments SET removed = 1').run();
  const upsert = db.prepare(
    `INSERT INTO segments (id, start_frame, end_frame, origin, text, removed) VALUES (?, ?, ?, ?, ?, 0)
     ON CONFLICT DO UPDATE SET start_frame = excluded.start_frame, end_frame = excluded.end_frame,
       origin = excluded.origin, text = excluded.text, removed = 0`,
  );
  for (const { id, startFrame, endFrame, origin, text } of segments) {
    upsert.run(id, startFrame, endFrame, origin, text);
  }
  writeSetting(db, 'nextSegmentNumber', next);
  return segments;
}

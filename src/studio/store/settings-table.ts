import { z } from 'zod';
import type { ReadableDb, WritableDb } from './database.ts';
import { selectOne } from './rows.ts';

/** What a project remembers besides its media, segments and takes; all of them numbers. */
export type SettingName =
  /** Number of the next new segment. */
  | 'nextSegmentNumber'
  /** Where the voice began when its pauses were last looked for, in milliseconds. */
  | 'voiceStartMs'
  /** Person whose lips were last dubbed. */
  | 'personId';

const rowSchema = z.object({ value: z.string() }).transform((row) => z.number().parse(JSON.parse(row.value)));

/** A setting, or null where it was never written. */
export function readSetting(db: ReadableDb, name: SettingName): number | null {
  return selectOne(db, rowSchema, { sql: 'SELECT value FROM settings WHERE name = ?', values: [name] });
}

/** Writes a setting over what was there. */
export function writeSetting(db: WritableDb, name: SettingName, value: number): void {
  db.prepare(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  ).run(name, JSON.stringify(value));
}

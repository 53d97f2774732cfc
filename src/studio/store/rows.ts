import { z } from 'zod';
import type { ReadableDb } from './database.ts';

/*
 * Rows are checked where they leave the database: a file may come from anywhere, and a wrong type found here is a
 * damaged project, not a crash three rooms away.
 */

/** Every row of a statement, parsed. */
export function selectAll<Row>(
  db: ReadableDb,
  schema: z.ZodType<Row>,
  query: { readonly sql: string; readonly values?: readonly (string | number | null)[] },
): Row[] {
  const rows = db.prepare(query.sql).all(...(query.values ?? []));
  return z.array(schema).parse(rows);
}

/** The first row of a statement, parsed, or null. */
export function selectOne<Row>(
  db: ReadableDb,
  schema: z.ZodType<Row>,
  query: { readonly sql: string; readonly values?: readonly (string | number | null)[] },
): Row | null {
  const row = db.prepare(query.sql).get(...(query.values ?? []));
  return row === undefined ? null : schema.parse(row);
}

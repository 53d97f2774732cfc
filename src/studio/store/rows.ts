import type { z } from 'zod';
import { DubwrightError } from '../../contract/errors.ts';
import type { ReadableDb } from './database.ts';

/*
 * Rows are checked where they leave the database: a file may come from anywhere, and a wrong type found here is a
 * damaged project, not a crash three rooms away.
 */

/** A statement and what fills its question marks. */
export interface Query {
  readonly sql: string;
  readonly values?: readonly (string | number | null)[];
}

function parseRow<Row>(db: ReadableDb, schema: z.ZodType<Row>, row: unknown): Row {
  try {
    return schema.parse(row);
  } catch (thrown) {
    const reason = 'it holds a row that Dubwright does not write';
    throw new DubwrightError('PROJECT_CORRUPT', { path: db.name, reason }, { cause: thrown });
  }
}

/**
 * Every row of a statement, parsed.
 * @throws DubwrightError PROJECT_CORRUPT
 */
export function selectAll<Row>(db: ReadableDb, schema: z.ZodType<Row>, { sql, values = [] }: Query): Row[] {
  const rows = db.prepare(sql).all(...values);
  return rows.map((row) => parseRow(db, schema, row));
}

/**
 * The first row of a statement, parsed, or null.
 * @throws DubwrightError PROJECT_CORRUPT
 */
export function selectOne<Row>(
  db: ReadableDb,
  schema: z.ZodType<Row>,
  { sql, values = [] }: Query,
): Row | null {
  const row = db.prepare(sql).get(...values);
  return row === undefined ? null : parseRow(db, schema, row);
}

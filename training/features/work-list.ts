import { renameSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** One line of a tool's standard input: a file, and the name under which its features are kept. */
export interface WorkItem {
  readonly id: string;
  readonly path: string;
}

function isWorkItem(value: unknown): value is WorkItem {
  if (typeof value !== 'object' || value === null) return false;
  const { id, path } = value as Record<string, unknown>;
  return typeof id === 'string' && /^[\w.-]+$/.test(id) && typeof path === 'string';
}

/** The items on standard input, one JSON object a line. */
export async function* readWorkList(): AsyncGenerator<WorkItem> {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === '') continue;
    const item: unknown = JSON.parse(line);
    if (!isWorkItem(item)) throw new Error(`not a work item: ${line}`);
    yield item;
  }
}

/** Tells training what happened to an item: one JSON object a line on standard output. */
export function report(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Writes JSON that is complete when it is there: it marks an item as done. */
export function writeDoneFile(path: string, content: unknown): void {
  writeFileSync(`${path}.part`, JSON.stringify(content));
  renameSync(`${path}.part`, path);
}

/** What went wrong, for people. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

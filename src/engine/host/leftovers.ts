import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EngineTaskName } from './tasks.ts';

/** Names that `temporaryPathBeside` gives: whose process, and chance. */
const unfinishedName = /^\.dubwright-(\d+)-[0-9a-f]+\.part$/;
/** A file that was written to as recently as this may belong to a process on another machine. */
const quietMs = 10 * 60_000;

/** Removes what a dead engine process had begun to write into these folders. */
export function removeLeftoversOf(pid: number, folders: Iterable<string>): void {
  for (const { path, owner } of unfinishedFiles(folders)) if (owner === pid) rmSync(path, { force: true });
}

/** Removes what processes that are no longer alive left in these folders: a killed shell cannot clean up itself. */
export function removeStaleLeftovers(folders: Iterable<string>, nowMs: number): void {
  for (const { path, owner } of unfinishedFiles(folders)) {
    const modifiedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? nowMs;
    if (!isAlive(owner) && nowMs - modifiedMs > quietMs) rmSync(path, { force: true });
  }
}

/** The folders that a task writes into under temporary names. */
export function foldersWrittenBy(task: EngineTaskName, input: unknown): string[] {
  const { outPath, jobs, syncNet } = input as {
    readonly outPath?: string;
    readonly syncNet?: { readonly scratchFolder: string } | null;
    readonly jobs?: readonly { readonly takePath: string }[];
  };
  if (task === 'exportFilm' || task === 'decodeSound') return outPath === undefined ? [] : [dirname(outPath)];
  if (task === 'scoreSync') return syncNet ? [syncNet.scratchFolder] : [];
  if (task === 'renderTakes') return [...new Set(jobs?.map(({ takePath }) => dirname(takePath)))];
  return [];
}

function* unfinishedFiles(folders: Iterable<string>): Generator<{ path: string; owner: number }> {
  for (const folder of folders) {
    for (const name of namesIn(folder)) {
      const owner = unfinishedName.exec(name)?.[1];
      if (owner !== undefined) yield { path: join(folder, name), owner: Number(owner) };
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // not there, or not ours to read
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

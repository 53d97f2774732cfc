import { setTimeout as delay } from 'node:timers/promises';
import { readdirSync, readFileSync } from 'node:fs';

/** True while a process lives; a zombie that nobody has reaped counts as gone. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || !/^State:\s+Z/m.test(readOrEmpty(`/proc/${pid}/status`));
}

/** Resolves when a process has ended; fails after `limitMs`. */
export async function waitUntilGone(pid: number, limitMs = 3000): Promise<void> {
  const until = performance.now() + limitMs;
  while (isAlive(pid)) {
    if (performance.now() > until) throw new Error(`process ${pid} still lives after ${limitMs} ms`);
    await delay(10);
  }
}

/** Every living process whose ancestor is `rootPid`, from /proc (Linux only). */
export function descendantsOf(rootPid: number): { pid: number; command: string }[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = /^PPid:\s+(\d+)/m.exec(readOrEmpty(`/proc/${name}/status`))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === rootPid || isBelow(parent));
  };
  return [...parents.keys()]
    .filter((pid) => isBelow(pid) && isAlive(pid))
    .map((pid) => ({ pid, command: readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }));
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

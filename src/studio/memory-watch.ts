import { readFileSync, readdirSync } from 'node:fs';

const intervalMs = 250;

/** `VmRSS:   123 kB` */
function residentBytes(pid: number): number {
  const kilobytes = /^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
      .split(' ')
      .filter((text) => text.trim() !== '')
      .map(Number),
  );
}

/** Resident memory of a process and everything it started; processes that end meanwhile count nothing. */
function treeBytes(pid: number): number {
  try {
    return residentBytes(pid) + childrenOf(pid).reduce((sum, child) => sum + treeBytes(child), 0);
  } catch {
    return 0;
  }
}

/**
 * Watches how much memory this process and all its children hold at most. Pages that processes share count once for
 * each, so the figure errs on the high side. Where the system has no /proc, only this process is seen.
 */
export class MemoryWatch {
  #peakBytes = 0;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#look();
    this.#timer = setInterval(() => this.#look(), intervalMs);
    this.#timer.unref();
  }

  /** The most seen so far. */
  get peakBytes(): number {
    this.#look();
    return this.#peakBytes;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const bytes =
      process.platform === 'linux' ? treeBytes(process.pid) : process.resourceUsage().maxRSS * 1024;
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
  }
}

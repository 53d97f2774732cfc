import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { DubwrightError } from '../../contract/errors.ts';

/** How a tool's process ended. */
export interface ToolExit {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  /** True when `stop` or the abort signal ended it. */
  readonly wasStopped: boolean;
}

/** A running ffmpeg or ffprobe. */
export interface ToolProcess {
  readonly pid: number;
  readonly stdin: Writable | null;
  /** Must be read to its end or the process stopped: a full pipe blocks the tool. */
  readonly stdout: Readable;
  /** The last 8 KB of what the tool said. */
  stderrTail(): string;
  /** Resolves when the process has gone and all of stderr has been read; rejects only when it could not start. */
  readonly exit: Promise<ToolExit>;
  /** Ends the process at once (SIGKILL) and waits until it has gone. */
  stop(): Promise<void>;
}

/** What to start. No shell is involved: arguments arrive as they are. */
export interface ToolRequest {
  readonly command: string;
  readonly args: readonly string[];
  /** True when bytes will be written to the tool's standard input. */
  readonly takesInput?: boolean;
  /** Every whole line of stderr, without its line end. Lines for which it returns true stay out of the tail. */
  readonly onStderrLine?: (line: string) => boolean;
  readonly signal?: AbortSignal | undefined;
}

const tailBytes = 8192;
const running = new Set<ChildProcess>();
let isExitWatched = false;

/** A tool must not outlive us: whatever still runs when our process exits is killed in that moment. */
function watchOwnExit(): void {
  if (isExitWatched) return;
  isExitWatched = true;
  process.once('exit', () => {
    for (const child of running) child.kill('SIGKILL');
  });
}

/**
 * Static builds of ffmpeg carry a C library of their own; as soon as a file holds text in some old character set (every
 * MPEG transport stream does) it loads this system's conversion modules, which belong to another version, and crashes.
 * Pointed at nothing, it does without: only names inside the file are concerned.
 */
export function toolEnvironment(): NodeJS.ProcessEnv {
  return process.platform === 'linux' ? { ...process.env, GCONV_PATH: '/nonexistent' } : process.env;
}

/**
 * Starts a tool under supervision. It stays in our process group, is killed when our process exits, and at once when
 * `signal` aborts. (When we are killed outright, every tool we run loses the pipe it writes to or reads from and ends.)
 * @throws DubwrightError CANCELLED when the signal has already aborted.
 */
export function startTool(request: ToolRequest): ToolProcess {
  const { signal } = request;
  if (signal?.aborted === true) throw new DubwrightError('CANCELLED');
  watchOwnExit();
  const child = spawn(request.command, request.args, {
    stdio: [request.takesInput === true ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    windowsHide: true,
    env: toolEnvironment(),
  });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('a tool was started without pipes');
  running.add(child);
  let wasStopped = false;
  const kill = (): void => {
    wasStopped = true;
    child.kill('SIGKILL');
  };
  signal?.addEventListener('abort', kill, { once: true });
  // A tool that ends early breaks the pipe; its exit code says why, so the write error itself is of no interest.
  child.stdin?.on('error', () => undefined);
  const tail = collectStderr(stderr, request.onStderrLine);
  const exit = waitForExit(child, tail.end).then(
    (result) => ({ ...result, wasStopped }),
    (error: unknown) => {
      throw new DubwrightError('FFMPEG_MISSING', { path: request.command }, { cause: error });
    },
  );
  const settled = exit
    .then(
      () => undefined,
      () => undefined,
    )
    .finally(() => {
      running.delete(child);
      signal?.removeEventListener('abort', kill);
    });
  return {
    pid: child.pid ?? -1,
    stdin: child.stdin,
    stdout,
    stderrTail: tail.text,
    exit,
    async stop() {
      kill();
      stdout.destroy();
      await settled;
    },
  };
}

async function waitForExit(
  child: ChildProcess,
  stderrEnd: Promise<void>,
): Promise<{ exitCode: number | null; exitSignal: string | null }> {
  const [exitCode, exitSignal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  await stderrEnd;
  return { exitCode, exitSignal };
}

function collectStderr(
  stderr: Readable,
  onLine: ((line: string) => boolean) | undefined,
): { text: () => string; end: Promise<void> } {
  let tail = '';
  let partial = '';
  const keep = (line: string): void => {
    if (onLine?.(line) === true) return;
    tail += `${line}\n`;
    if (tail.length > 2 * tailBytes) tail = tail.slice(-tailBytes);
  };
  stderr.setEncoding('utf8');
  stderr.on('data', (chunk: string) => {
    const lines = (partial + chunk).split(/\r\n|\r|\n/);
    // A damaged file can make a decoder print without ever ending a line.
    partial = (lines.pop() ?? '').slice(-tailBytes);
    for (const line of lines) keep(line);
  });
  const end = new Promise<void>((resolve) => {
    stderr.once('close', () => {
      if (partial !== '') keep(partial);
      partial = '';
      resolve();
    });
  });
  return { text: () => tail.slice(-tailBytes), end };
}

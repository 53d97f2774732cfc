import { fork, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { safeEnvironment } from '../host/safe-env.ts';
import type { ProbeAnswer, ProbeMessage, ProbeOrder } from './probe-protocol.ts';

/** What became of a measurement. */
export interface ProbeOutcome {
  readonly answers: readonly ProbeAnswer[];
  /** Why it ended early: the provider's own words, a crash, the time limit; null otherwise. */
  readonly failure: string | null;
}

/** What to measure, and how long to wait for it. */
export interface ProbeRequest extends ProbeOrder {
  /** The measurement is ended by force after this time, milliseconds. */
  readonly limitMs: number;
  /** Set on top of this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** This file's own ending: `.ts` from source, `.js` when compiled. */
const entryPath = fileURLToPath(
  new URL(`./provider-probe${extname(fileURLToPath(import.meta.url))}`, import.meta.url),
);
const keptStderrChars = 2000;

/**
 * Measures models on a provider in a process of their own. Never throws for anything the provider does: a missing
 * library, a crash and a hang all come back as `failure`.
 *
 * @throws AbortError when the signal fires; the process is gone by then.
 */
export async function probeProvider(request: ProbeRequest): Promise<ProbeOutcome> {
  const { limitMs, environment, signal, ...order } = request;
  signal.throwIfAborted();
  const child = fork(entryPath, [], {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: { ...safeEnvironment(process.env), ...environment },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  const timer = setTimeout(kill, limitMs);
  try {
    const outcome = await collect(child, order);
    signal.throwIfAborted();
    return outcome;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}

function collect(child: ChildProcess, order: ProbeOrder): Promise<ProbeOutcome> {
  const answers: ProbeAnswer[] = [];
  let failure: string | null = null;
  let isDone = false;
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-keptStderrChars);
  });
  child.on('message', (raw) => {
    const message = raw as ProbeMessage;
    if (message.kind === 'answer') answers.push(message.answer);
    else if (message.kind === 'failed') failure = message.cause;
    else {
      isDone = true;
      child.kill('SIGKILL');
    }
  });
  child.send(order, () => undefined); // a process that died at once is told by its end
  return new Promise((resolve) => {
    const end = (code: number | null, signal: string | null): void => {
      if (!isDone) failure ??= describeEnd(code, signal, stderr);
      resolve({ answers, failure });
    };
    child.once('exit', end);
    child.once('error', (error) => end(null, error.message));
  });
}

function describeEnd(code: number | null, signal: string | null, stderr: string): string {
  const words = stderr.trim().split('\n').at(-1) ?? '';
  const what =
    signal === 'SIGKILL'
      ? 'gave no answer in time'
      : `ended its process (${signal ?? `code ${code ?? '?'}`})`;
  return words === '' ? what : `${what}: ${words}`;
}

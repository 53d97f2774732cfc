import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { ErrorDetails } from '../../contract/errors.ts';
import { leadsGroupVariable } from './engine-process.ts';
import { foldersWrittenBy, removeLeftoversOf } from './leftovers.ts';
import { killGroup } from './process-group.ts';
import { protocolVersion } from './protocol.ts';
import type { FromEngine, ToEngine } from './protocol.ts';
import { safeEnvironment, thriftyAllocator } from './safe-env.ts';
import type { EngineTaskName } from './tasks.ts';

const endLimitMs = 1000;
const keptStderrChars = 4000;

/** How one engine process is started and whom it tells. */
export interface EngineChildOptions {
  readonly entryPath: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly startLimitMs: number;
  readonly showStderr: boolean;
  readonly onMessage: (message: FromEngine) => void;
  /** Called once when the process has ended by itself or by force; `cause` carries the tail of its stderr. */
  readonly onDeath: (details: ErrorDetails, cause: Error) => void;
}

/** One life of the engine process: from its start to its death. */
export class EngineChild {
  /** Resolves when the process takes calls; rejects when it dies or does not answer in time. */
  readonly ready: Promise<void>;
  readonly #process: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #foldersWritten = new Set<string>();
  #stderrTail = '';
  #isReady = false;

  constructor(options: EngineChildOptions) {
    this.#process = forkEngine(options);
    // A failed spawn (no memory, no processes left) emits `error` instead of `exit`.
    this.#exited = Promise.race([once(this.#process, 'exit'), once(this.#process, 'error')]).catch(
      () => undefined,
    );
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderrTail = (this.#stderrTail + text).slice(-keptStderrChars);
    });
    this.#process.on('message', (message) => options.onMessage(message as FromEngine));
    this.ready = this.#handshake(options.startLimitMs);
    this.ready.catch(() => undefined); // told through onDeath
    this.#tellDeath(options.onDeath);
  }

  /** Undefined when the process could not be started at all. */
  get pid(): number | null {
    return this.#process.pid ?? null;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Starts a task. */
  call(id: number, task: EngineTaskName, input: unknown): void {
    for (const folder of foldersWrittenBy(task, input)) this.#foldersWritten.add(folder);
    this.send({ kind: 'call', id, task, input });
  }

  /** Sends a message, or drops it when the process is gone (its death is reported separately). */
  send(message: ToEngine): void {
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  /** Kills the process and its ffmpeg children at once; resolves when the process is gone. */
  async kill(): Promise<void> {
    if (this.#process.pid === undefined) return;
    killGroup(this.#process.pid);
    this.#process.kill('SIGKILL');
    await this.#exited;
  }

  /** Asks the process to end, and kills it when it does not within a second. */
  async end(): Promise<void> {
    this.send({ kind: 'shutdown' });
    const timer = setTimeout(() => void this.kill(), endLimitMs);
    await this.#exited;
    clearTimeout(timer);
  }

  #handshake(limitMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#stderrTail += `\nnot ready after ${limitMs} ms`;
        void this.kill();
      }, limitMs);
      this.#process.once('message', (message) => {
        clearTimeout(timer);
        const first = message as FromEngine;
        if (first.kind === 'ready' && first.protocolVersion === protocolVersion) {
          this.#isReady = true;
          resolve();
          return;
        }
        this.#stderrTail += '\nthe engine process speaks another protocol version';
        void this.kill();
      });
      void this.#exited.then(() => {
        clearTimeout(timer);
        reject(new Error(this.#stderrTail));
      });
    });
  }

  #tellDeath(onDeath: EngineChildOptions['onDeath']): void {
    let isTold = false;
    const tell = (details: ErrorDetails): void => {
      if (isTold) return;
      isTold = true;
      // Its ffmpeg children may still live in its group.
      if (this.#process.pid !== undefined) {
        killGroup(this.#process.pid);
        removeLeftoversOf(this.#process.pid, this.#foldersWritten);
      }
      onDeath(details, new Error(this.#stderrTail.trim() || 'the engine process wrote nothing'));
    };
    this.#process.once('error', (error) => tell({ reason: error.message }));
    this.#process.once('exit', (code, signal) => {
      tell({ ...(code === null ? {} : { exitCode: code }), ...(signal === null ? {} : { signal }) });
    });
  }
}

function forkEngine(options: EngineChildOptions): ChildProcess {
  const leadsGroup = process.platform !== 'win32';
  return fork(options.entryPath, [], {
    serialization: 'advanced',
    execArgv: ['--disable-warning=ExperimentalWarning', '--expose-gc'],
    env: {
      ...thriftyAllocator,
      ...safeEnvironment(process.env),
      ...options.environment,
      [leadsGroupVariable]: leadsGroup ? '1' : '0',
    },
    // A group of its own: a terminal's Ctrl-C reaches the shell alone, and one signal ends engine and ffmpeg together.
    detached: leadsGroup,
    stdio: ['ignore', 'ignore', options.showStderr ? 'inherit' : 'pipe', 'ipc'],
  });
}

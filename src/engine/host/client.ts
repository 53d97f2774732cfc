import { fileURLToPath } from 'node:url';
import { DubwrightError, fromErrorRecord } from '../../contract/errors.ts';
import type { ErrorDetails } from '../../contract/errors.ts';
import { EngineChild } from './engine-child.ts';
import type { EngineCallOptions, EngineHost, FromEngine } from './protocol.ts';
import type { EngineTaskName, EngineTasks } from './tasks.ts';

/** How the engine process is started and how patient its client is. */
export interface EngineClientOptions {
  /** The module that the process runs; the engine's own entry unless a test brings another. */
  readonly entryPath?: string;
  /** Added to the environment that the process inherits. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How long the process may take until it says that it is ready. */
  readonly startLimitMs?: number;
  /** How long a cancelled task may take to stop before its process is killed. */
  readonly cancelLimitMs?: number;
  /** Pass the process's stderr through instead of keeping its last lines. */
  readonly showStderr?: boolean;
}

interface OpenCall {
  readonly task: EngineTaskName;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onEvent: EngineCallOptions['onEvent'];
}

const defaultStartLimitMs = 30_000;
/** Leaves the shell time to say goodbye within the second that Ctrl-C may take. */
const defaultCancelLimitMs = 600;

/**
 * The engine in a process of its own. Starts it at the first call, and again at the next call after it has died;
 * a blocked engine (ONNX Runtime's `run` stalls its event loop) never blocks the caller.
 */
export class EngineClient implements EngineHost {
  readonly #options: EngineClientOptions;
  readonly #open = new Map<number, OpenCall>();
  readonly #dying = new Set<Promise<void>>();
  #child: EngineChild | null = null;
  #nextId = 1;
  #isClosed = false;

  constructor(options: EngineClientOptions = {}) {
    this.#options = options;
  }

  /** Process id of the engine while it runs. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  async call<Name extends EngineTaskName>(
    task: Name,
    input: EngineTasks[Name]['input'],
    options: EngineCallOptions = {},
  ): Promise<EngineTasks[Name]['output']> {
    const { onEvent, signal } = options;
    if (signal?.aborted === true || this.#isClosed) throw new DubwrightError('CANCELLED');
    const id = this.#nextId++;
    const child = (this.#child ??= this.#start());
    const settled = new Promise<unknown>((resolve, reject) => {
      this.#open.set(id, { task, resolve, reject, onEvent });
    });
    void child.ready.then(
      () => {
        if (this.#open.has(id)) child.call(id, task, input);
      },
      () => undefined, // the death of the child settles the call
    );
    const stopWatching = signal ? this.#watch(signal, id, child) : () => undefined;
    try {
      return (await settled) as EngineTasks[Name]['output'];
    } finally {
      this.#open.delete(id);
      stopWatching();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const id of this.#open.keys()) this.#cancelled(id);
    await Promise.all([this.#child?.end(), ...this.#dying]);
    this.#child = null;
  }

  #start(): EngineChild {
    const child = new EngineChild({
      entryPath: this.#options.entryPath ?? fileURLToPath(new URL('./entry.ts', import.meta.url)),
      environment: this.#options.environment ?? {},
      startLimitMs: this.#options.startLimitMs ?? defaultStartLimitMs,
      showStderr: this.#options.showStderr ?? false,
      onMessage: (message) => this.#receive(message),
      onDeath: (details, cause) => this.#bury(child, details, cause),
    });
    return child;
  }

  #receive(message: FromEngine): void {
    if (message.kind === 'ready') return;
    const call = this.#open.get(message.id);
    if (call === undefined) return;
    if (message.kind === 'event') call.onEvent?.(message.event);
    else if (message.kind === 'result') call.resolve(message.output);
    else call.reject(fromErrorRecord(message.error));
  }

  /** Every open call was under way in the one process there is. */
  #bury(child: EngineChild, details: ErrorDetails, cause: Error): void {
    if (this.#child !== child) return;
    this.#child = null;
    for (const { task, reject } of this.#open.values()) {
      reject(new DubwrightError('ENGINE_DIED', { ...details, task }, { cause }));
    }
    this.#open.clear();
  }

  #cancelled(id: number): void {
    this.#open.get(id)?.reject(new DubwrightError('CANCELLED'));
    this.#open.delete(id);
  }

  /** Asks the task to stop, and kills its process when it does not answer: a blocked event loop cannot. */
  #watch(signal: AbortSignal, id: number, child: EngineChild): () => void {
    let timer: NodeJS.Timeout | null = null;
    const abort = (): void => {
      if (!child.isReady) {
        this.#cancelled(id);
        return;
      }
      child.send({ kind: 'cancel', id });
      timer = setTimeout(() => {
        this.#cancelled(id);
        this.#kill(child);
      }, this.#options.cancelLimitMs ?? defaultCancelLimitMs);
    };
    signal.addEventListener('abort', abort, { once: true });
    return () => {
      signal.removeEventListener('abort', abort);
      if (timer !== null) clearTimeout(timer);
    };
  }

  /** The next call finds no child and starts another; `close` waits until this one is gone. */
  #kill(child: EngineChild): void {
    const gone = child.kill().finally(() => this.#dying.delete(gone));
    this.#dying.add(gone);
    this.#bury(child, { reason: 'it did not stop when asked' }, new Error('killed'));
  }
}

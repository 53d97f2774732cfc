import type { ErrorRecord } from '../../contract/errors.ts';
import type { EngineEvent, EngineTaskName, EngineTasks } from './tasks.ts';

/** Raised whenever a message changes its meaning; both sides must say the same number in the handshake. */
export const protocolVersion = 1;

/** What the shell sends to the engine process. */
export type ToEngine =
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly task: EngineTaskName;
      readonly input: unknown;
    }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'shutdown' };

/** What the engine process sends to the shell. `ready` comes once and first. */
export type FromEngine =
  | { readonly kind: 'ready'; readonly protocolVersion: number }
  | { readonly kind: 'event'; readonly id: number; readonly event: EngineEvent }
  | { readonly kind: 'result'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorRecord };

/** How a call is watched and stopped. */
export interface EngineCallOptions {
  /** Called while the task runs, in order; never after the call has settled. */
  readonly onEvent?: (event: EngineEvent) => void;
  /** Stops the task; the call then fails with `CANCELLED`. */
  readonly signal?: AbortSignal;
}

/** Something that carries out engine tasks; `EngineClient` does it in a process of its own. */
export interface EngineHost {
  /**
   * Runs one task.
   * @throws DubwrightError: what the task threw, `CANCELLED`, or `ENGINE_DIED` when its process ended under it.
   */
  call<Name extends EngineTaskName>(
    task: Name,
    input: EngineTasks[Name]['input'],
    options?: EngineCallOptions,
  ): Promise<EngineTasks[Name]['output']>;
  /** Ends the engine and everything it started; calls still open fail with `CANCELLED`. Safe to call twice. */
  close(): Promise<void>;
}

/** What a task is given besides its input. */
export interface TaskContext {
  readonly emit: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
}

/** One function per task. */
export type TaskHandlers = {
  readonly [Name in EngineTaskName]: (
    input: EngineTasks[Name]['input'],
    context: TaskContext,
  ) => Promise<EngineTasks[Name]['output']>;
};

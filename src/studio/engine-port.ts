import type { EngineEvent, EngineTaskName, EngineTasks } from '../engine/host/tasks.ts';

/** What a call to the engine may be given besides its input. */
export interface EnginePortOptions {
  readonly onEvent?: (event: EngineEvent) => void;
  readonly signal?: AbortSignal;
}

/**
 * The engine as the studio sees it: a process of its own in the product, anything with the same tasks in a test.
 * Rejects with a `DubwrightError`; an aborted signal rejects with `CANCELLED`.
 */
export interface EnginePort {
  call<Name extends EngineTaskName>(
    task: Name,
    input: EngineTasks[Name]['input'],
    options?: EnginePortOptions,
  ): Promise<EngineTasks[Name]['output']>;
}

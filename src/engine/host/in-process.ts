import { DubwrightError, fromErrorRecord } from '../../contract/errors.ts';
import { errorAfter } from './serve.ts';
import type { EngineCallOptions, EngineHost, TaskHandlers } from './protocol.ts';
import type { EngineTaskName, EngineTasks } from './tasks.ts';

/**
 * The engine inside the calling process, for tests and tools that would rather see a stack than a border. Inputs and
 * outputs are cloned as the process border would, so that what works here works there.
 */
export class InProcessEngine implements EngineHost {
  readonly #handlers: TaskHandlers;
  readonly #closing = new AbortController();

  constructor(handlers: TaskHandlers) {
    this.#handlers = handlers;
  }

  async call<Name extends EngineTaskName>(
    task: Name,
    input: EngineTasks[Name]['input'],
    options: EngineCallOptions = {},
  ): Promise<EngineTasks[Name]['output']> {
    const signals = [this.#closing.signal, ...(options.signal ? [options.signal] : [])];
    const signal = AbortSignal.any(signals);
    if (signal.aborted) throw new DubwrightError('CANCELLED');
    const emit = (event: Parameters<NonNullable<EngineCallOptions['onEvent']>>[0]): void => {
      options.onEvent?.(structuredClone(event));
    };
    try {
      const handler = this.#handlers[task];
      return structuredClone(await handler(structuredClone(input), { emit, signal }));
    } catch (thrown) {
      throw fromErrorRecord(errorAfter(thrown, signal));
    }
  }

  close(): Promise<void> {
    this.#closing.abort();
    return Promise.resolve();
  }
}

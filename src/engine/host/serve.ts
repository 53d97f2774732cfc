import { toErrorRecord } from '../../contract/errors.ts';
import type { ErrorRecord } from '../../contract/errors.ts';
import type { FromEngine, TaskContext, TaskHandlers, ToEngine } from './protocol.ts';
import type { EngineTaskName, EngineTasks } from './tasks.ts';
import { throttleProgress } from './throttle-progress.ts';

/** Progress of one stage is sent at most this often. */
const progressIntervalMs = 100;

/** Answers calls with the handlers, through `send`. Give every message that arrives to the returned function. */
export function serve(
  handlers: TaskHandlers,
  send: (message: FromEngine) => void,
): (message: Exclude<ToEngine, { kind: 'shutdown' }>) => Promise<void> {
  const running = new Map<number, AbortController>();
  return async (message) => {
    if (message.kind === 'cancel') {
      running.get(message.id)?.abort();
      return;
    }
    const { id, task, input } = message;
    const controller = new AbortController();
    running.set(id, controller);
    const emit = throttleProgress((event) => send({ kind: 'event', id, event }), progressIntervalMs);
    try {
      const output = await runTask(handlers, task, input, { emit, signal: controller.signal });
      send({ kind: 'result', id, output });
    } catch (thrown) {
      send({ kind: 'error', id, error: errorAfter(thrown, controller.signal) });
    } finally {
      running.delete(id);
      // What a task leaves behind is swept before the next one begins, so that the peaks of two do not add up.
      globalThis.gc?.();
    }
  };
}

/** What a task's failure is reported as: whatever breaks after a cancellation (a closed pipe) is its consequence. */
function errorAfter(thrown: unknown, signal: AbortSignal): ErrorRecord {
  const record = toErrorRecord(thrown);
  return signal.aborted ? { ...record, code: 'CANCELLED' } : record;
}

/** One task by its name; the names of the table and the types of its rows are tied together here. */
function runTask<Name extends EngineTaskName>(
  handlers: TaskHandlers,
  task: Name,
  input: unknown,
  context: TaskContext,
): Promise<EngineTasks[Name]['output']> {
  const handler = handlers[task];
  return handler(input as EngineTasks[Name]['input'], context);
}

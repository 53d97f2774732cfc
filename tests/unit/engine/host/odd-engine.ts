// An engine process whose tasks misbehave on request: `probe`'s path says how. Started by engine-process tests.
import { spawn } from 'node:child_process';
import { DubwrightError } from '../../../../src/contract/errors.ts';
import { runEngineProcess } from '../../../../src/engine/host/engine-process.ts';
import { memory } from '../../../../src/engine/host/handlers/memory.ts';
import type { TaskContext, TaskHandlers } from '../../../../src/engine/host/protocol.ts';
import type { ProbeResult } from '../../../../src/engine/host/tasks.ts';

async function misbehave(how: string, context: TaskContext): Promise<ProbeResult> {
  if (how === 'exit') process.exit(42);
  if (how === 'kill') process.kill(process.pid, 'SIGKILL');
  if (how === 'coded') throw new DubwrightError('MEDIA_UNREADABLE', { path: how });
  if (how === 'uncaught')
    setImmediate(() => {
      throw new TypeError('nobody caught me');
    });
  if (how === 'block') {
    context.emit({ kind: 'warning', text: 'blocking' });
    // The event is written before the loop begins, and no cancellation is read after it.
    setImmediate(() => {
      for (;;) Math.sqrt(2);
    });
  }
  if (how === 'grandchild') {
    const sleeper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    context.emit({ kind: 'warning', text: String(sleeper.pid) });
  }
  if (how === 'environment') {
    throw new DubwrightError('USAGE', { names: Object.keys(process.env).join(' ') });
  }
  // Waits for its cancellation, then fails the way a closed pipe would.
  await new Promise<void>((_, reject) => {
    context.emit({ kind: 'progress', progress: { stage: 'probe', doneFrames: 0, totalFrames: 2 } });
    context.signal.addEventListener('abort', () => reject(new Error('EPIPE')));
  });
  throw new Error('unreachable');
}

const unused = (): Promise<never> => Promise.reject(new Error('not part of these tests'));
const handlers: TaskHandlers = {
  probe: ({ path }, context) => misbehave(path, context),
  analyse: unused,
  decodeSound: unused,
  renderTakes: unused,
  filmSync: unused,
  scoreTakes: unused,
  scoreSync: unused,
  exportFilm: unused,
  describeEngine: unused,
  providers: unused,
  doctor: unused,
  memory,
};

if (process.env['ODD_ENGINE'] !== 'mute') runEngineProcess(handlers);
else setInterval(() => undefined, 1000);

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DubwrightError } from '../../../../src/contract/errors.ts';
import { safeEnvironment } from '../../../../src/engine/host/safe-env.ts';
import { serve } from '../../../../src/engine/host/serve.ts';
import type { FromEngine, TaskContext, TaskHandlers } from '../../../../src/engine/host/protocol.ts';
import { taskHandlers } from '../../../../src/engine/host/handlers/table.ts';
import type { EngineEvent } from '../../../../src/engine/host/tasks.ts';
import { throttleProgress } from '../../../../src/engine/host/throttle-progress.ts';

/** The engine's own tasks, but for `memory`, which does what the test says. */
function handlersWith(work: (context: TaskContext) => Promise<never>): TaskHandlers {
  return { ...taskHandlers, memory: (_input, context) => work(context) };
}

describe('serving tasks', () => {
  it('answers each call under its own id', async () => {
    const sent: FromEngine[] = [];
    const answer = serve(taskHandlers, (message) => sent.push(message));
    await Promise.all([7, 8].map((id) => answer({ kind: 'call', id, task: 'memory', input: {} })));
    assert.deepEqual(
      sent.map((message) => [message.kind, 'id' in message ? message.id : null]),
      [
        ['result', 7],
        ['result', 8],
      ],
    );
  });

  it('reports what breaks after a cancellation as the cancellation', async () => {
    const sent: FromEngine[] = [];
    const answer = serve(
      handlersWith(
        ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new DubwrightError('FFMPEG_FAILED')));
          }),
      ),
      (message) => sent.push(message),
    );
    const call = answer({ kind: 'call', id: 1, task: 'memory', input: {} });
    await answer({ kind: 'cancel', id: 2 });
    assert.equal(sent.length, 0, 'another call was cancelled');
    await answer({ kind: 'cancel', id: 1 });
    await call;
    assert.deepEqual(
      sent.map((message) => (message.kind === 'error' ? message.error.code : message.kind)),
      ['CANCELLED'],
    );
  });
});

describe('progress events', () => {
  it('pass when a stage begins, ends, or some time has gone by; others always', () => {
    const passed: string[] = [];
    let nowMs = 0;
    const emit = throttleProgress(
      (event) =>
        passed.push(
          event.kind === 'progress' ? `${event.progress.stage} ${event.progress.doneFrames}` : event.kind,
        ),
      100,
      () => nowMs,
    );
    const progress = (stage: 'faces' | 'render', doneFrames: number): EngineEvent => ({
      kind: 'progress',
      progress: { stage, doneFrames, totalFrames: 50 },
    });
    for (let frame = 0; frame <= 50; frame++) {
      nowMs = frame * 10;
      emit(progress('faces', frame));
      if (frame === 5) emit(progress('render', 1));
      if (frame === 6) emit({ kind: 'warning', text: 'hot' });
    }
    const faces = [0, 10, 20, 30, 40, 50].map((frame) => `faces ${frame}`);
    assert.deepEqual(passed, [faces[0], 'render 1', 'warning', ...faces.slice(1)]);
  });
});

describe('the environment of the engine process', () => {
  it('is the shell’s without what would change how Node starts', () => {
    const environment = {
      PATH: '/bin',
      HOME: '/root',
      NODE_OPTIONS: '--inspect',
      ld_preload: 'x.so',
      NODE_PATH: '/',
    };
    assert.deepEqual(safeEnvironment(environment), { PATH: '/bin', HOME: '/root' });
  });
});

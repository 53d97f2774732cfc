import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DubwrightError } from '../../src/contract/errors.ts';
import type { ErrorCode } from '../../src/contract/errors.ts';
import { EngineClient } from '../../src/engine/host/client.ts';
import type { EngineClientOptions } from '../../src/engine/host/client.ts';
import type { EngineEvent } from '../../src/engine/host/tasks.ts';
import { waitUntilGone } from '../support/processes.ts';

const oddEngine = fileURLToPath(new URL('../unit/engine/host/odd-engine.ts', import.meta.url));
const open: EngineClient[] = [];

function client(options: EngineClientOptions = {}): EngineClient {
  const made = new EngineClient({ entryPath: oddEngine, ...options });
  open.push(made);
  return made;
}

function coded(code: ErrorCode, details: Record<string, unknown> = {}): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof DubwrightError, String(error));
    assert.equal(error.code, code, error.message);
    assert.deepEqual({ ...error.details, ...details }, error.details);
    return true;
  };
}

/** Runs a misbehaving task until its first event. */
async function startedCall(
  engine: EngineClient,
  how: string,
  signal?: AbortSignal,
): Promise<{ event: EngineEvent; result: Promise<unknown> }> {
  const { promise, resolve, reject } = Promise.withResolvers<EngineEvent>();
  const result = engine.call('probe', { path: how }, { onEvent: resolve, ...(signal ? { signal } : {}) });
  result.catch(reject);
  return { event: await promise, result };
}

describe('the engine process', () => {
  after(() => Promise.all(open.map((engine) => engine.close())));

  it('starts at the first call, answers, and ends when closed', async () => {
    const engine = client();
    const { peakBytes } = await engine.call('memory', {});
    assert.ok(peakBytes > 20e6 && peakBytes < 1e9, String(peakBytes));
    const { pid } = engine;
    assert.notEqual(pid, process.pid);
    await engine.close();
    await waitUntilGone(Number(pid));
    await assert.rejects(engine.call('memory', {}), coded('CANCELLED'));
  });

  it('keeps the code and details of an error across the border', async () => {
    await assert.rejects(
      client().call('probe', { path: 'coded' }),
      coded('MEDIA_UNREADABLE', { path: 'coded' }),
    );
  });

  it('fails every open call when it dies, with exit code or signal, and starts again', async () => {
    const engine = client();
    const { result } = await startedCall(engine, 'wait');
    const firstPid = engine.pid;
    const failures = [
      assert.rejects(result, coded('ENGINE_DIED', { exitCode: 42, task: 'probe' })),
      assert.rejects(engine.call('probe', { path: 'exit' }), coded('ENGINE_DIED', { exitCode: 42 })),
    ];
    await Promise.all(failures);
    await engine.call('memory', {});
    assert.notEqual(engine.pid, firstPid);
    await assert.rejects(engine.call('probe', { path: 'kill' }), coded('ENGINE_DIED', { signal: 'SIGKILL' }));
    await assert.rejects(engine.call('probe', { path: 'uncaught' }), (error) => {
      assert.ok(error instanceof DubwrightError && error.code === 'ENGINE_DIED');
      assert.match(String(error.cause), /nobody caught me/);
      return true;
    });
    await engine.call('memory', {});
  });

  it('cancels a task that listens and keeps the process', async () => {
    const engine = client();
    const stop = new AbortController();
    const { result } = await startedCall(engine, 'wait', stop.signal);
    const { pid } = engine;
    stop.abort();
    await assert.rejects(result, coded('CANCELLED'));
    await engine.call('memory', {});
    assert.equal(engine.pid, pid);
    await assert.rejects(engine.call('memory', {}, { signal: stop.signal }), coded('CANCELLED'));
  });

  it('kills a blocked engine within a second of the cancellation', async () => {
    const engine = client();
    const stop = new AbortController();
    const { result } = await startedCall(engine, 'block', stop.signal);
    const { pid } = engine;
    const since = performance.now();
    stop.abort();
    await assert.rejects(result, coded('CANCELLED'));
    const elapsedMs = performance.now() - since;
    assert.ok(elapsedMs < 1000, `took ${elapsedMs} ms`);
    await engine.call('memory', {});
    assert.ok(pid !== null);
    await waitUntilGone(pid);
  });

  it('gives up on a process that never says it is ready', async () => {
    const engine = client({ environment: { ODD_ENGINE: 'mute' }, startLimitMs: 400 });
    await assert.rejects(engine.call('memory', {}), (error) => {
      assert.ok(error instanceof DubwrightError && error.code === 'ENGINE_DIED');
      assert.match(String(error.cause), /not ready after 400 ms/);
      return true;
    });
  });

  it('takes its children with it, whether it is closed or killed', async () => {
    for (const end of ['close', 'kill'] as const) {
      const engine = client();
      const { event, result } = await startedCall(engine, 'grandchild');
      assert.ok(event.kind === 'warning');
      const grandchild = Number(event.text);
      assert.ok(engine.pid !== null && process.kill(grandchild, 0));
      const failed = assert.rejects(result, coded(end === 'close' ? 'CANCELLED' : 'ENGINE_DIED'));
      if (end === 'close') await engine.close();
      else process.kill(engine.pid, 'SIGKILL');
      await failed;
      await waitUntilGone(grandchild);
    }
  });

  it('ends when its parent is killed', async () => {
    const script = `
      const { EngineClient } = await import(${JSON.stringify(new URL('../../src/engine/host/client.ts', import.meta.url).href)});
      const engine = new EngineClient({ entryPath: ${JSON.stringify(oddEngine)} });
      engine.call('probe', { path: 'grandchild' }, { onEvent: (event) => {
        if (event.kind === 'warning') console.log(engine.pid + ' ' + event.text);
      } });`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pids = line.toString().trim().split(' ').map(Number);
    assert.equal(pids.length, 2);
    parent.kill('SIGKILL');
    for (const pid of pids) await waitUntilGone(pid);
  });

  it('does not inherit variables that would change what it loads', async () => {
    process.env['NODE_OPTIONS'] = '--no-warnings';
    try {
      await assert.rejects(client().call('probe', { path: 'environment' }), (error) => {
        assert.ok(error instanceof DubwrightError && error.code === 'USAGE');
        const names = String(error.details['names']).split(' ');
        assert.ok(
          names.includes('PATH') && !names.includes('NODE_OPTIONS') && !names.includes('NODE_TEST_CONTEXT'),
        );
        return true;
      });
    } finally {
      delete process.env['NODE_OPTIONS'];
    }
  });
});

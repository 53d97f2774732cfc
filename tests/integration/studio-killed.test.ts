import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { DubwrightError } from '../../src/contract/errors.ts';
import { dub } from '../../src/studio/dub-service.ts';
import { openProject } from '../../src/studio/store/project-store.ts';
import { layOutDesk } from '../support/dub-desk.ts';
import { PaperEngine } from '../support/paper-engine.ts';
import { withTempFolder } from '../support/temp-folder.ts';

const child = fileURLToPath(new URL('../support/dub-child.ts', import.meta.url));

/** Starts a dub in a process of its own and waits until it has finished so many takes and stands still. */
async function startAndStop(
  args: readonly string[],
  whileStopped: () => void | Promise<void> = () => undefined,
): Promise<void> {
  const process_ = spawn(process.execPath, [child, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(process_.stdout, 'data', { signal: AbortSignal.timeout(30_000) });
    await whileStopped();
  } finally {
    process_.kill('SIGKILL');
    await once(process_, 'exit');
  }
}

for (const kind of ['named', 'temporary'] as const) {
  test(`killed in the middle, a ${kind} project goes on where it was`, () =>
    withTempFolder(async (folder) => {
      const desk = layOutDesk(folder);
      const projectPath = kind === 'named' ? join(folder, 'speech.dubwright') : null;
      await startAndStop([folder, '2', ...(projectPath === null ? [] : [projectPath])]);
      assert.ok(!existsSync(desk.request.outPath));
      const engine = new PaperEngine({ frameCount: 600 });
      const request = { ...desk.request, projectPath };
      const report = await dub(request, { engine, cacheRoot: desk.cacheRoot });
      assert.deepEqual([report.reusedSegments, report.exported], [2, true]);
      assert.equal(engine.rendered.length, report.segments.length - 2);
      assert.ok(engine.rendered.length > 0);
      assert.deepEqual(
        report.segments.map((segment) => segment.state),
        report.segments.map((_, index) => (index < 2 ? 'reused' : 'rendered')),
      );
    }));
}

test('a project belongs to one process at a time, and to the next one when that is killed', () =>
  withTempFolder(async (folder) => {
    layOutDesk(folder);
    const projectPath = join(folder, 'speech.dubwright');
    await startAndStop([folder, '1', projectPath], () => {
      assert.throws(
        () => openProject(projectPath),
        (thrown) => thrown instanceof DubwrightError && thrown.code === 'PROJECT_LOCKED',
      );
    });
    openProject(projectPath).close();
  }));

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorText } from '../contract/error-text.ts';
import { toErrorRecord } from '../contract/errors.ts';
import type { DoctorReport } from '../engine/host/tasks.ts';
import type { Studio } from './compose.ts';

/** Everything that a dub needs from this machine, looked at: the engine's part and the project store's. */
export async function examine(studio: Studio, signal: AbortSignal): Promise<DoctorReport['checks']> {
  const { checks } = await studio.engine.call('doctor', { cacheFolder: studio.cacheFolder }, { signal });
  return [...checks, await checkStore()];
}

/** Makes a project and opens it again; SQLite's addon fits one Node and not another. */
async function checkStore(): Promise<DoctorReport['checks'][number]> {
  const name = 'projects';
  const folder = mkdtempSync(join(tmpdir(), 'dubwright-doctor-'));
  try {
    const { openProject } = await import('./store/project-store.ts');
    const path = join(folder, 'check.dubwright');
    for (let time = 0; time < 2; time++) openProject(path).close();
    return { name, state: 'ok', finding: 'SQLite opens, writes and closes a project', remedy: null };
  } catch (thrown) {
    const { code, details } = toErrorRecord(thrown);
    const { sentence, remedy } = errorText(code, details);
    return { name, state: 'error', finding: sentence, remedy };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

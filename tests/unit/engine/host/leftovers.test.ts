import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import {
  foldersWrittenBy,
  removeLeftoversOf,
  removeStaleLeftovers,
} from '../../../../src/engine/host/leftovers.ts';
import { temporaryPathBeside } from '../../../../src/engine/media/output-file.ts';
import { withTempFolder } from '../../../support/temp-folder.ts';

/** Id of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

describe('unfinished files', () => {
  it('are known by the process that wrote them', () =>
    withTempFolder((folder) => {
      const own = temporaryPathBeside(join(folder, 'film.mp4'));
      writeFileSync(own, 'half a film');
      writeFileSync(own.replace(String(process.pid), '1'), 'of another process');
      writeFileSync(join(folder, 'film.mp4'), 'whole');
      writeFileSync(join(folder, '.dubwright-notes.part'), 'somebody else made this');
      removeLeftoversOf(process.pid, [folder, join(folder, 'not there')]);
      const left = readdirSync(folder).sort();
      assert.deepEqual(left, [
        basename(own).replace(String(process.pid), '1'),
        '.dubwright-notes.part',
        'film.mp4',
      ]);
      return Promise.resolve();
    }));

  it('go when their process is dead and nobody has written to them for a while', () =>
    withTempFolder((folder) => {
      const now = Date.now();
      const hourAgo = new Date(now - 3600_000);
      const names = { stale: `.dubwright-${deadPid()}-0a.part`, fresh: `.dubwright-${deadPid()}-0b.part` };
      const busy = basename(temporaryPathBeside(join(folder, 'film.mp4')));
      for (const name of [names.stale, names.fresh, busy]) writeFileSync(join(folder, name), '');
      for (const name of [names.stale, busy]) utimesSync(join(folder, name), hourAgo, hourAgo);
      removeStaleLeftovers([folder], now);
      assert.deepEqual(readdirSync(folder).sort(), [names.fresh, busy].sort());
      return Promise.resolve();
    }));

  it('lie where a task writes', () => {
    const jobs = ['/a/1.take', '/a/2.take', '/b/3.take'].map((takePath) => ({ takePath }));
    assert.deepEqual(foldersWrittenBy('renderTakes', { jobs }), ['/a', '/b']);
    assert.deepEqual(foldersWrittenBy('exportFilm', { outPath: '/films/out.mp4' }), ['/films']);
    assert.deepEqual(foldersWrittenBy('probe', { path: '/films/in.mp4' }), []);
  });
});

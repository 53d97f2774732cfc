import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  cacheLimitOf,
  cacheRootOf,
  clearCache,
  filmFolder,
  projectsFolder,
} from '../../../src/studio/cache-folder.ts';
import { openCacheIndex } from '../../../src/studio/store/cache-index.ts';
import { openProject } from '../../../src/studio/store/project-store.ts';
import { withTempFolder } from '../../support/temp-folder.ts';

function layFilm(root: string, id: string, bytes: number): void {
  mkdirSync(projectsFolder(filmFolder(root, id)), { recursive: true });
  writeFileSync(join(filmFolder(root, id), 'take'), new Uint8Array(bytes));
}

test('the cache lies where each system keeps such things, or where it is told', () => {
  assert.equal(cacheRootOf({ DUBWRIGHT_CACHE: '/x', XDG_CACHE_HOME: '/y' }, 'linux'), '/x');
  assert.equal(cacheRootOf({ XDG_CACHE_HOME: '/y' }, 'linux'), '/y/dubwright');
  assert.equal(cacheRootOf({ XDG_CACHE_HOME: 'relative' }, 'linux'), join(homedir(), '.cache/dubwright'));
  assert.equal(cacheRootOf({}, 'darwin'), join(homedir(), 'Library/Caches/dubwright'));
  assert.equal(cacheRootOf({ LOCALAPPDATA: '/local' }, 'win32'), '/local/dubwright/cache');
  assert.equal(cacheLimitOf({ DUBWRIGHT_CACHE_LIMIT_MB: '5' }), 5 * 1024 ** 2);
  assert.equal(cacheLimitOf({ DUBWRIGHT_CACHE_LIMIT_MB: 'much' }), 20 * 1024 ** 3);
});

test('the longest unused films make room; the present one and those in use stay', () =>
  withTempFolder((root) => {
    const index = openCacheIndex(root);
    for (const [age, id] of ['oldest', 'in-use', 'present', 'old', 'new'].entries()) {
      layFilm(root, id, 1000);
      index.touchFilm({ id, bytes: 1000, lastUsedMs: age });
    }
    const inUse = openProject(join(projectsFolder(filmFolder(root, 'in-use')), 'voice.dubwright'));
    const removed = clearCache(root, index, { limitBytes: 3000, keepFilmId: 'present' });
    inUse.close();
    assert.deepEqual(removed, ['oldest', 'old']);
    assert.deepEqual(
      ['oldest', 'in-use', 'present', 'old', 'new'].map((id) => existsSync(filmFolder(root, id))),
      [false, true, true, false, true],
    );
    assert.deepEqual(
      index.listFilms().map((film) => film.id),
      ['in-use', 'present', 'new'],
    );
    assert.deepEqual(clearCache(root, index, { limitBytes: 3000, keepFilmId: 'present' }), []);
    index.close();
    return Promise.resolve();
  }));

test('films that a lost index knew of are cleared too, and a damaged index is made anew', () =>
  withTempFolder((root) => {
    layFilm(root, 'forgotten', 5000);
    writeFileSync(join(root, 'index.sqlite'), 'not an index at all, '.repeat(99));
    const index = openCacheIndex(root);
    assert.deepEqual(clearCache(root, index, { limitBytes: 4000, keepFilmId: 'none' }), ['forgotten']);
    index.close();
    return Promise.resolve();
  }));

test('a probe is remembered as long as the file is the same', () =>
  withTempFolder((root) => {
    const index = openCacheIndex(root);
    const stamp = { path: '/film.mp4', sizeBytes: 10, modifiedNs: '123456789012345678', inode: '7' };
    index.writeProbe(stamp, '{"a":1}', 1);
    index.close();
    const again = openCacheIndex(root);
    assert.equal(again.readProbe(stamp), '{"a":1}');
    for (const change of [
      { sizeBytes: 11 },
      { modifiedNs: '123456789012345679' },
      { inode: '8' },
      { path: '/x' },
    ]) {
      assert.equal(again.readProbe({ ...stamp, ...change }), null);
    }
    again.close();
    return Promise.resolve();
  }));

import { createHash } from 'node:crypto';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { DubwrightError } from '../../../../src/contract/errors.ts';
import type { ErrorCode } from '../../../../src/contract/errors.ts';
import { projectMigrations } from '../../../../src/studio/store/migrations/project-migrations.ts';
import { openProject } from '../../../../src/studio/store/project-store.ts';
import { readSegments, replaceSegments } from '../../../../src/studio/store/segments-table.ts';
import { readSetting, writeSetting } from '../../../../src/studio/store/settings-table.ts';
import { readTake, readTakesOfSegment, writeCurrentTake } from '../../../../src/studio/store/takes-table.ts';
import { withTempFolder } from '../../../support/temp-folder.ts';

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');
const failsWith = (code: ErrorCode) => (thrown: unknown) => {
  assert.ok(thrown instanceof DubwrightError, String(thrown));
  assert.equal(thrown.code, code);
  return true;
};
const cue = (startFrame: number, endFrame: number, text: string) =>
  ({ startFrame, endFrame, text, origin: 'cue' }) as const;
const take = (key: string, segmentId: string, createdMs: number) => ({
  ...{ key, segmentId, createdMs, startFrame: 0, endFrame: 10, file: `${key}.take` },
  outcome: {
    patchedFrames: 9,
    framesWithoutFace: 1,
    notes: ['a note'],
    elapsedMs: 5.5,
    stageMs: { warp: 3 },
    sync: null,
  },
});

test('what was written is there when the project is opened again, and nothing lies beside it', () =>
  withTempFolder((folder) => {
    const path = join(folder, 'één speech.dubwright');
    const first = openProject(path);
    const segments = first.edit((db) => replaceSegments(db, [cue(0, 10, 'een'), cue(10, 20, 'twee')]));
    first.edit((db) => writeSetting(db, 'voiceStartMs', -12.5));
    first.edit((db) => writeCurrentTake(db, take('k1', 's1', 1)));
    first.close();
    const second = openProject(path);
    assert.deepEqual(readSegments(second.db), segments);
    assert.equal(readSetting(second.db, 'voiceStartMs'), -12.5);
    assert.equal(readSetting(second.db, 'personId'), null);
    assert.deepEqual(readTake(second.db, 'k1'), { ...take('k1', 's1', 1), state: 'current' });
    second.close();
    assert.deepEqual(readdirSync(folder), ['één speech.dubwright']);
    return Promise.resolve();
  }));

test('an edit that fails leaves nothing of itself', () =>
  withTempFolder((folder) => {
    const store = openProject(join(folder, 'p.dubwright'));
    assert.throws(() =>
      store.edit((db) => {
        writeSetting(db, 'personId', 3);
        throw new Error('no');
      }),
    );
    assert.equal(readSetting(store.db, 'personId'), null);
    assert.throws(
      () => store.edit((db) => writeCurrentTake(db, take('k', 'no such segment', 1))),
      failsWith('INTERNAL'),
    );
    store.close();
    return Promise.resolve();
  }));

test('a newer take is the current one and the older stays; a removed segment keeps its takes', () =>
  withTempFolder((folder) => {
    const store = openProject(join(folder, 'p.dubwright'));
    store.edit((db) => {
      replaceSegments(db, [cue(0, 10, 'een')]);
      writeCurrentTake(db, take('k1', 's1', 1));
      writeCurrentTake(db, take('k2', 's1', 2));
    });
    const states = (): unknown => readTakesOfSegment(store.db, 's1').map(({ key, state }) => [key, state]);
    assert.deepEqual(states(), [
      ['k1', 'kept'],
      ['k2', 'current'],
    ]);
    store.edit((db) => writeCurrentTake(db, { ...take('k1', 's1', 9), outcome: null }));
    assert.deepEqual(states(), [
      ['k1', 'current'],
      ['k2', 'kept'],
    ]);
    assert.equal(readTake(store.db, 'k1')?.outcome?.patchedFrames, 9, 'what was known stays known');
    const after = store.edit((db) => replaceSegments(db, [cue(500, 600, 'iets anders')]));
    assert.deepEqual(after[0]?.id, 's2', 'numbers are never given twice');
    assert.equal(readTakesOfSegment(store.db, 's1').length, 2);
    store.close();
    return Promise.resolve();
  }));

test('files that are no project, damaged or newer are refused and stay as they are', () =>
  withTempFolder((folder) => {
    const good = join(folder, 'good.dubwright');
    const store = openProject(good);
    store.edit((db) =>
      replaceSegments(
        db,
        Array.from({ length: 400 }, (_, n) => cue(n, n + 1, `text ${n} `.repeat(9))),
      ),
    );
    store.close();
    const make = (name: string, bytes: Uint8Array): string => {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    };
    const damaged = readFileSync(good);
    damaged.fill(0x5a, damaged.length - 20_000, damaged.length - 4_000);
    const newer = make('newer', readFileSync(good));
    const raw = new Sqlite(newer);
    raw.pragma('user_version = 990');
    raw.close();
    const foreign = new Sqlite(join(folder, 'foreign'));
    foreign.exec('CREATE TABLE holidays (day TEXT)');
    foreign.close();
    const cases: readonly (readonly [string, ErrorCode])[] = [
      [make('text', Buffer.from('dear aunt, '.repeat(99))), 'PROJECT_CORRUPT'],
      [make('short', Buffer.from('x')), 'PROJECT_CORRUPT'],
      [make('cut', readFileSync(good).subarray(0, 9_000)), 'PROJECT_CORRUPT'],
      [make('damaged', damaged), 'PROJECT_CORRUPT'],
      [join(folder, 'foreign'), 'PROJECT_CORRUPT'],
      [folder, 'PROJECT_CORRUPT'],
      [newer, 'PROJECT_TOO_NEW'],
    ];
    for (const [path, code] of cases) {
      const before = path === folder ? '' : hashOf(path);
      assert.throws(() => openProject(path), failsWith(code), path);
      if (path !== folder) assert.equal(hashOf(path), before, `${path} was changed`);
    }
    return Promise.resolve();
  }));

test('a project whose making was interrupted is made anew', () =>
  withTempFolder((folder) => {
    const path = join(folder, 'empty.dubwright');
    writeFileSync(path, '');
    openProject(path).close();
    assert.ok(readFileSync(path).length > 0);
    return Promise.resolve();
  }));

test('one process at a time', () =>
  withTempFolder((folder) => {
    const path = join(folder, 'p.dubwright');
    const store = openProject(path);
    assert.throws(() => openProject(path), failsWith('PROJECT_LOCKED'));
    store.close();
    openProject(path).close();
    return Promise.resolve();
  }));

test('a row that nobody of ours wrote is a damaged project, not a crash', () =>
  withTempFolder((folder) => {
    const path = join(folder, 'p.dubwright');
    const store = openProject(path);
    store.edit((db) => {
      replaceSegments(db, [cue(0, 10, 'een')]);
      writeCurrentTake(db, take('k', 's1', 1));
    });
    store.close();
    const raw = new Sqlite(path);
    raw.exec(`UPDATE takes SET outcome = '{"patchedFrames":"many"}'`);
    raw.close();
    const again = openProject(path);
    assert.throws(() => readTake(again.db, 'k'), failsWith('PROJECT_CORRUPT'));
    again.close();
    return Promise.resolve();
  }));

test('a folder that cannot be made says so', () =>
  withTempFolder((folder) => {
    writeFileSync(join(folder, 'file'), '');
    assert.throws(() => openProject(join(folder, 'file', 'p.dubwright')), failsWith('OUTPUT_NOT_WRITABLE'));
    return Promise.resolve();
  }));

test('an older file is copied beside itself and then brought up to date, keeping what it holds', () =>
  withTempFolder((folder) => {
    const path = join(folder, 'p.dubwright');
    const store = openProject(path);
    store.edit((db) => replaceSegments(db, [cue(0, 10, 'een')]));
    store.close();
    const next = { version: 20, sql: `ALTER TABLE segments ADD COLUMN speaker TEXT NOT NULL DEFAULT 'Ana'` };
    const applicationId = 0x44554257;
    const newer = openProject(path, { applicationId, migrations: [...projectMigrations, next] });
    assert.deepEqual(newer.db.prepare('SELECT id, speaker FROM segments').all(), [
      { id: 's1', speaker: 'Ana' },
    ]);
    newer.close();
    assert.throws(() => openProject(path), failsWith('PROJECT_TOO_NEW'));
    assert.ok(existsSync(`${path}.v10-backup`));
    const backup = openProject(`${path}.v10-backup`);
    assert.equal(readSegments(backup.db).length, 1);
    backup.close();
    assert.throws(
      () => openProject(join(folder, 'q'), { applicationId, migrations: [next, ...projectMigrations] }),
      RangeError,
    );
    return Promise.resolve();
  }));

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { commitFolder } from '../../../../src/engine/files/commit-folder.ts';
import { withTempFolder } from '../../../support/temp-folder.ts';

const modulePath = join(import.meta.dirname, '../../../../src/engine/files/commit-folder.ts');

describe('giving a finished folder its name', () => {
  it('replaces what is not complete and keeps what is', async () => {
    await withTempFolder((home) => {
      const target = join(home, 'faces');
      const make = (name: string, text: string): string => {
        mkdirSync(join(home, name));
        writeFileSync(join(home, name, 'index'), text);
        return join(home, name);
      };
      const isComplete = (): boolean =>
        existsSync(target) && readFileSync(join(target, 'index'), 'utf8') !== 'old';
      commitFolder(make('a', 'old'), target, isComplete);
      commitFolder(make('b', 'first'), target, isComplete);
      assert.equal(readFileSync(join(target, 'index'), 'utf8'), 'first');
      commitFolder(make('c', 'second'), target, isComplete);
      assert.equal(readFileSync(join(target, 'index'), 'utf8'), 'first');
      assert.deepEqual(readdirSync(home), ['faces']);
      return Promise.resolve();
    });
  });

  it('survives many processes that take the same name again and again', async () => {
    await withTempFolder(async (home) => {
      const code = `
        const { commitFolder } = await import(${JSON.stringify(modulePath)});
        const { mkdirSync, writeFileSync } = await import('node:fs');
        for (let i = 0; i < 60; i++) {
          const part = ${JSON.stringify(home)} + '/' + process.pid + '-' + i + '.part';
          mkdirSync(part);
          writeFileSync(part + '/index', 'x');
          commitFolder(part, ${JSON.stringify(join(home, 'faces'))}, () => false);
        }`;
      const children = Array.from({ length: 3 }, () =>
        spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'ignore', 'pipe'] }),
      );
      const ends = await Promise.all(children.map((child) => once(child, 'exit')));
      assert.deepEqual(
        ends.map(([exitCode]) => exitCode as number),
        [0, 0, 0],
      );
      assert.deepEqual(readdirSync(home), ['faces']);
    });
  });
});

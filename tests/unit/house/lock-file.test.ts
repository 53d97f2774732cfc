import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '../../..');

interface Locked {
  readonly gypfile?: boolean;
}

describe('the lock file', () => {
  it('lets no package be compiled on installation, because a fresh machine has no compiler', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, Locked>>;
    };
    const compiled = Object.entries(packages).filter(([path, { gypfile }]) => {
      if (path === '' || gypfile === false || !existsSync(join(root, path, 'binding.gyp'))) return false;
      const { scripts } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as {
        readonly scripts?: Readonly<Record<string, string>>;
      };
      return scripts?.['install'] === undefined && scripts?.['preinstall'] === undefined;
    });
    // npm runs node-gyp on a binding.gyp unless the package, or its entry here, says "gypfile": false.
    assert.deepEqual(
      compiled.map(([path]) => path),
      [],
    );
    assert.ok(
      existsSync(join(root, 'node_modules/better-sqlite3/binding.gyp')),
      'the case this guards against is gone',
    );
  });
});

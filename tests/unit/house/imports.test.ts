import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { describe, it } from 'node:test';

const source = join(import.meta.dirname, '../../../src');

/** Which rooms a room may import from; docs/architecture.md has the same table. */
const wallsOf: Readonly<Record<string, readonly string[]>> = {
  core: [],
  contract: ['core'],
  engine: ['core', 'contract'],
  studio: ['core', 'contract', 'engine'],
  cli: ['core', 'contract', 'studio'],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isTypeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(
    /(?:import|export)\s+(type\s)?[^'";]*?from\s+'(\.[^']+)'|import\(\s*'(\.[^']+)'\s*\)/g,
  );
  return [...statements].map((match) => ({
    from: file,
    to: join(dirname(file), match.at(2) ?? match.at(3) ?? ''),
    // A file that is only loaded when a function runs closes no circle at start-up.
    isTypeOnly: match.at(1) !== undefined || match.at(3) !== undefined,
  }));
}

const files = globSync('**/*.ts', { cwd: source }).map((file) => join(source, file));
const imports = files.flatMap(importsOf);
const roomOf = (file: string): string => relative(source, file).split(sep)[0];

describe('the house', () => {
  it('has no import through a wall', () => {
    assert.ok(imports.length > 200, `${imports.length} imports found`);
    const holes = imports.filter(
      ({ from, to }) => roomOf(from) !== roomOf(to) && !wallsOf[roomOf(from)].includes(roomOf(to)),
    );
    assert.deepEqual(holes, []);
  });

  it('has no circle of imports', () => {
    const next = new Map<string, string[]>();
    for (const { from, to, isTypeOnly } of imports)
      if (!isTypeOnly) next.set(from, [...(next.get(from) ?? []), to]);
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      assert.ok(!path.includes(file), [...path, file].map((step) => relative(source, step)).join(' → '));
      if (done.has(file)) return;
      for (const other of next.get(file) ?? []) visit(other, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });
});

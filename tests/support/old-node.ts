import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** A Node on PATH that is too old for the sources; null where there is none. */
export function oldNode(): string | null {
  const names = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  const versions = [...names, '/usr/bin/node', '/usr/local/bin/node'].map((path) => {
    const { stdout, status } = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' });
    return { path, major: status === 0 ? Number(stdout.split('.')[0]) : NaN };
  });
  return versions.find(({ major }) => major < 22)?.path ?? null;
}

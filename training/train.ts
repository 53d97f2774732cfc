/**
 * `npm run train -- --media FOLDER`: makes a Python environment in training/.venv with exactly the packages that
 * requirements.txt names, where it is missing or older than that file, and trains in it.
 *
 * `--prepare` makes the environment only. DUBWRIGHT_PYTHON names an environment of one's own instead.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = import.meta.dirname;
const environment = join(folder, '.venv');
const requirements = join(folder, 'requirements.txt');
const installed = join(environment, 'installed.txt');
const isWindows = process.platform === 'win32';

function run(program: string, args: readonly string[]): void {
  const { status, error } = spawnSync(program, args, { cwd: folder, stdio: 'inherit' });
  if (error !== undefined) throw new Error(`${program} cannot be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** The Python to make the environment with: the first on the path that is new enough. */
function findPython(): string {
  for (const name of ['python3.13', 'python3.12', 'python3.11', 'python3', 'python']) {
    const check = 'import sys; sys.exit(sys.version_info < (3, 11))';
    if (spawnSync(name, ['-c', check], { stdio: 'ignore' }).status === 0) return name;
  }
  throw new Error('training needs Python 3.11 or newer');
}

/** The Python of an environment that holds what requirements.txt names. */
function preparedPython(): string {
  const own = process.env['DUBWRIGHT_PYTHON'];
  if (own !== undefined && own !== '') return own;
  const python = join(environment, ...(isWindows ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return python;
  run(findPython(), ['-m', 'venv', environment]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  writeFileSync(installed, wanted);
  return python;
}

const args = process.argv.slice(2);
const python = preparedPython();
if (!args.includes('--prepare')) run(python, ['-m', 'dubwright_training', ...args]);

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the Python package that trains the bundled models lies. */
export const trainingFolder: string = join(import.meta.dirname, '../../training');

function answers(python: string, code: string): boolean {
  return spawnSync(python, ['-c', code], { stdio: 'ignore' }).status === 0;
}

/** A Python new enough for what needs no packages, or null. */
export function plainPython(): string | null {
  const isNewEnough = 'import sys; sys.exit(sys.version_info < (3, 11))';
  const candidates = [process.env['DUBWRIGHT_PYTHON'] ?? '', 'python3', 'python'];
  return candidates.find((python) => python !== '' && answers(python, isNewEnough)) ?? null;
}

/** The Python that can train: DUBWRIGHT_PYTHON, else training/.venv; null where neither has the packages. */
export function trainingPython(): string | null {
  const parts = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
  const own = process.env['DUBWRIGHT_PYTHON'] ?? '';
  const python = own === '' ? join(trainingFolder, '.venv', ...parts) : own;
  if (!existsSync(python)) return null;
  return answers(python, 'import numpy, onnx, onnxruntime, scipy, torch') ? python : null;
}

/** Why a test that trains does not run, for node:test's `skip`. */
export const trainingPythonMissing =
  'no Python with PyTorch here (npm run train -- --prepare makes one, DUBWRIGHT_PYTHON names another)';

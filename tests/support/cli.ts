import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../bin/dubwright.js', import.meta.url));

/** How a command ended. */
export interface CliResult {
  readonly exitCode: number | null;
  readonly exitSignal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command under way. */
export interface CliRun {
  readonly child: ChildProcess;
  readonly result: Promise<CliResult>;
  /** Resolves with the first line (of either stream) that matches; rejects when the command ends without one. */
  lineMatching(pattern: RegExp): Promise<string>;
}

/** Where and how a command runs. */
export interface CliOptions {
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Node that starts the launcher; this one unless a test wants an old one. */
  readonly node?: string;
}

/** Starts `dubwright` as a person would. npm's own variables are left out, so that names mean what they say. */
export function startCli(args: readonly string[], options: CliOptions): CliRun {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|INIT_CWD$|NODE_TEST_CONTEXT$|DUBWRIGHT_)/.test(name) || /^DUBWRIGHT_FF/.test(name),
  );
  const child = spawn(options.node ?? process.execPath, [launcher, ...args], {
    cwd: options.cwd,
    env: { ...Object.fromEntries(inherited), ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of watchers) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const look of watchers) look();
  });
  const result = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode, exitSignal) => resolve({ exitCode, exitSignal, stdout, stderr }));
  });
  const lineMatching = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const line = `${stdout}\n${stderr}`.split(/[\r\n]/).find((text) => pattern.test(text));
        if (line === undefined) return;
        watchers.delete(look);
        resolve(line);
      };
      watchers.add(look);
      look();
      result.then(
        () =>
          reject(
            new Error(
              `no line like ${String(pattern)}; the last ones:\n${stdout.slice(-1500)}\n${stderr.slice(-1500)}`,
            ),
          ),
        reject,
      );
    });
  return { child, result, lineMatching };
}

/** Runs `dubwright` to its end. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return startCli(args, options).result;
}

/** The last line of JSON on stdout. */
export function lastJson(result: CliResult): Record<string, unknown> {
  const line = result.stdout.trimEnd().split('\n').at(-1) ?? '';
  return JSON.parse(line) as Record<string, unknown>;
}

#!/usr/bin/env node
// Starts the command line under a Node that can run it. SQLite's addon and the TypeScript sources need Node 22.18
// or newer; where the caller's Node is older, the one installed beside us (npm package `node`) takes over.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isNewEnough = major > 22 || (major === 22 && minor >= 18);
const bundledNode = fileURLToPath(
  new URL(`../node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`, import.meta.url),
);

/** Runs this file again under `node`, passing signals on and ending as it ends. */
function continueUnder(node) {
  // The channel tells the other side when this process is killed: it must not run on without its shell.
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, DUBWRIGHT_LAUNCHED: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`dubwright: ${node} does not start (${error.message}). Remedy: run "npm ci" again.`);
    process.exitCode = 69;
  });
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}

if (isNewEnough) {
  const { main } = await import('../src/cli/main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else if (existsSync(bundledNode)) {
  continueUnder(bundledNode);
} else {
  console.error(
    'dubwright: Dubwright needs Node 22.18 or newer. Remedy: run "npm ci" here, which brings one.',
  );
  process.exitCode = 69;
}

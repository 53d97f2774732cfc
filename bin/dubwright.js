#!/usr/bin/env node
// Starts the command line under a Node that can run it. SQLite's addon and the TypeScript sources need Node 22.18
// or newer; where the caller's Node is older, the one installed beside us (npm package `node`) takes over.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const isNewEnough = major > 22 || (major === 22 && minor >= 18);
const bundledNode = fileURLToPath(
  new URL(`../node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`, import.meta.url),
);

if (isNewEnough) {
  const { main } = await import('../src/cli/main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else if (existsSync(bundledNode)) {
  const child = spawnSync(bundledNode, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exitCode = child.status ?? 1;
} else {
  console.error('Dubwright needs Node 22.18 or newer. Remedy: run "npm ci" here, which brings one.');
  process.exitCode = 64;
}

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '../../src/contract/exit-codes.ts';
import { lastJson, runCli } from '../support/cli.ts';
import { oldNode } from '../support/old-node.ts';

const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

describe('the command line', () => {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'dubwright-cli-')));
  after(() => rmSync(cwd, { recursive: true }));

  it('prints its version, and nothing else on stdout', async () => {
    const { stdout, stderr, exitCode } = await runCli(['--version'], { cwd });
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
    assert.deepEqual([stderr, exitCode], ['', 0]);
  });

  it('shows examples in its help, for every command', async () => {
    const { stdout, exitCode } = await runCli(['--help'], { cwd });
    assert.equal(exitCode, 0);
    assert.match(stdout, /\$ dubwright dub speech\.mp4 voice\.wav -o dubbed\.mp4/);
    for (const command of ['dub', 'faces', 'probe', 'providers', 'doctor', 'demo']) {
      assert.match(stdout, new RegExp(`^  ${command} `, 'm'));
    }
    assert.match((await runCli(['dub', '--help'], { cwd })).stdout, /--face-at <time:x,y>/);
  });

  const misuses: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no command', [], /Name a command/],
    ['an unknown command', ['dubb'], /Unknown command 'dubb'/],
    ['an unknown option', ['dub', 'a', 'b', '-o', 'c.mp4', '--fast'], /Unknown option '--fast'/],
    ['no output', ['dub', 'a.mp4', 'b.wav'], /Required option .*--output/],
    ['no voice', ['dub', 'a.mp4', '-o', 'c.mp4'], /Missing required argument 'voice'/],
    ['a wrong word', ['dub', 'a', 'b', '-o', 'c.mp4', '--codec', 'divx'], /--codec takes h264, .*not "divx"/],
    ['a wrong time', ['dub', 'a', 'b', '-o', 'c.mp4', '--voice-start', 'soon'], /"soon" is not a time/],
    ['a wrong place', ['dub', 'a', 'b', '-o', 'c.mp4', '--face-at', '12s'], /"12s" is not a place/],
    [
      'an unknown provider',
      ['dub', 'a', 'b', '-o', 'c.mp4', '--provider', 'abacus'],
      /There is no execution provider "abacus", only cpu, /,
    ],
    [
      'two faces',
      ['dub', 'a', 'b', '-o', 'c.mp4', '--face', '1', '--face-at', '1s:2,3'],
      /--face or --face-at/,
    ],
    ['a generator without model', ['dub', 'a', 'b', '-o', 'c.mp4', '--engine', 'generator'], /needs --model/],
  ];
  for (const [what, args, sentence] of misuses) {
    it(`explains ${what} in one sentence`, async () => {
      const { stdout, stderr, exitCode } = await runCli(args, { cwd });
      assert.equal(exitCode, exitCodes.USAGE);
      assert.equal(stdout, '');
      assert.match(stderr, /^dubwright: .*\. Remedy: .*--help.*\.\n$/);
      assert.match(stderr, sentence);
    });
  }

  it('tells machines what went wrong on the last line of stdout', async () => {
    const result = await runCli(['probe', 'nothing.mp4', '--json'], { cwd });
    const { kind, code, exitCode, remedy } = lastJson(result);
    assert.deepEqual([kind, code, exitCode], ['error', 'FILE_NOT_FOUND', 66]);
    assert.equal(typeof remedy, 'string');
    assert.equal(result.exitCode, 66);
    assert.ok(result.stderr.includes(join(cwd, 'nothing.mp4')), result.stderr);
  });

  it('shows a stack only to those who ask', async () => {
    const quiet = await runCli(['probe', 'nothing.mp4'], { cwd });
    assert.doesNotMatch(quiet.stderr, /\n\s+at /);
    const loud = await runCli(['probe', 'nothing.mp4'], { cwd, environment: { DUBWRIGHT_DEBUG: '1' } });
    assert.match(loud.stderr, /\n\s+at /);
  });

  it('takes names from the folder where npm was called', () => {
    const { stderr, status } = spawnSync('npm', ['run', '--silent', 'dubwright', '--', 'probe', 'here.mp4'], {
      cwd: packageFolder,
      env: { ...process.env, INIT_CWD: cwd },
      encoding: 'utf8',
    });
    // npm sets INIT_CWD anew: standing in the package, names are the package's.
    assert.ok(stderr.includes(join(packageFolder, 'here.mp4')), stderr);
    assert.notEqual(status, 0);
    const below = spawnSync(
      'npm',
      ['--prefix', packageFolder, 'run', '--silent', 'dubwright', '--', 'probe', 'here.mp4'],
      {
        cwd,
        encoding: 'utf8',
      },
    );
    assert.ok(below.stderr.includes(join(cwd, 'here.mp4')), below.stderr);
  });

  it('says how it is here', async () => {
    const result = await runCli(['doctor', '--json'], {
      cwd,
      environment: { DUBWRIGHT_CACHE: join(cwd, 'cache') },
    });
    assert.equal(result.exitCode, 0, result.stderr);
    const { checks } = lastJson(result) as { checks: { name: string; state: string; finding: string }[] };
    const states = Object.fromEntries(checks.map(({ name, state }) => [name, state]));
    assert.deepEqual(Object.keys(states).sort(), [
      'cache',
      'face models',
      'ffmpeg',
      'machine',
      'node',
      'onnxruntime',
      'projects',
    ]);
    assert.ok(!Object.values(states).includes('error'), JSON.stringify(checks));
    assert.ok(checks.find(({ name }) => name === 'cache')?.finding.includes(join(cwd, 'cache')));
  });

  it('warns of a tool that does not run', async () => {
    const fake = join(cwd, 'ffmpeg');
    writeFileSync(fake, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const environment = { DUBWRIGHT_FFMPEG: fake };
    const result = await runCli(['doctor'], { cwd, environment });
    assert.match(result.stdout, /^error +ffmpeg .*\n +Remedy: .*DUBWRIGHT_FFMPEG/m);
    writeFileSync(join(cwd, 'film.mp4'), 'any');
    const probed = await runCli(['probe', 'film.mp4'], { cwd, environment });
    assert.equal(probed.exitCode, exitCodes.FFMPEG_MISSING, probed.stderr);
  });

  it('hands over to the Node beside it when the caller has an old one', async (test) => {
    const node = oldNode();
    if (node === null) {
      test.skip('no Node older than 22 on this machine');
      return;
    }
    const version = await runCli(['--version'], { cwd, node });
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
    assert.equal((await runCli(['nonsense'], { cwd, node })).exitCode, exitCodes.USAGE);
  });
});

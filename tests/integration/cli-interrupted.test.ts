import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { exitCodes } from '../../src/contract/exit-codes.ts';
import { makeVoice } from '../support/burst-voice.ts';
import { lastJson, startCli } from '../support/cli.ts';
import type { CliRun } from '../support/cli.ts';
import { makeFilm } from '../support/make-media.ts';
import { oldNode } from '../support/old-node.ts';
import { descendantsOf, isAlive, waitUntilGone } from '../support/processes.ts';
import { speakerFilm } from '../support/speaker-film.ts';

const root = mkdtempSync(join(tmpdir(), 'dubwright-stop-'));
const environment = { DUBWRIGHT_CACHE: join(root, 'cache') };
const needsProc = process.platform === 'linux' ? false : 'needs /proc';

before(async () => {
  await makeFilm(root, { name: 'long.mp4', frameCount: 1000, width: 320, height: 240, tones: [{}] });
  await makeVoice(root, 'voice.wav', 38);
});
after(() => rmSync(root, { recursive: true }));

let deskCount = 0;

/** Starts a dub of the long faceless film into a folder of its own and waits until a stage is under way. */
async function dubUntil(
  stage: string,
  node = process.execPath,
): Promise<{ run: CliRun; folder: string; pids: number[] }> {
  const folder = join(root, `desk-${deskCount++}`);
  mkdirSync(folder);
  const args = ['dub', join(root, 'long.mp4'), join(root, 'voice.wav'), '-o', 'out.mkv', '--codec', 'ffv1'];
  // Only what has not been analysed is analysed; what has been goes straight to its export.
  const cache = stage === 'faces' ? join(root, `cache-${deskCount}`) : join(root, 'cache');
  const run = startCli([...args, '--json'], { cwd: folder, environment: { DUBWRIGHT_CACHE: cache }, node });
  await run.lineMatching(new RegExp(`"kind":"progress","stage":"${stage}"`));
  if (stage === 'export') await unfinishedFile(folder);
  const pids = descendantsOf(run.child.pid ?? 0).map(({ pid }) => pid);
  assert.ok(pids.length >= 2, 'an engine process and its ffmpeg');
  return { run, folder, pids };
}

/** Resolves when the encoder has begun to write: only then is there anything to leave behind. */
async function unfinishedFile(folder: string): Promise<void> {
  const untilMs = performance.now() + 20_000;
  while (!readdirSync(folder).some((name) => name.endsWith('.part'))) {
    assert.ok(performance.now() < untilMs, 'an unfinished film in the folder');
    await delay(10);
  }
}

function killTool(run: CliRun, name: RegExp): void {
  const tool = descendantsOf(run.child.pid ?? 0).find(({ command }) => name.test(command));
  assert.ok(tool !== undefined, 'the tool runs');
  process.kill(tool.pid, 'SIGKILL');
}

describe('a dub that is stopped', { skip: needsProc }, () => {
  for (const stage of ['faces', 'export']) {
    it(`by Ctrl-C in stage ${stage} ends within a second and leaves nothing`, async () => {
      const { run, folder, pids } = await dubUntil(stage);
      const sinceMs = performance.now();
      run.child.kill('SIGINT');
      const result = await run.result;
      const elapsedMs = performance.now() - sinceMs;
      assert.equal(result.exitCode, exitCodes.CANCELLED);
      assert.ok(elapsedMs < 1000, `took ${elapsedMs} ms`);
      assert.match(result.stderr, /^dubwright: Stopped .* Remedy: .*finished takes are kept\.\n$/);
      for (const pid of pids) await waitUntilGone(pid);
      assert.deepEqual(readdirSync(folder), []);
    });

    it(`by the death of its ffmpeg in stage ${stage} says so and leaves nothing`, async () => {
      const { run, folder, pids } = await dubUntil(stage);
      killTool(run, /ffmpeg/);
      const result = await run.result;
      assert.equal(lastJson(result)['code'], 'FFMPEG_FAILED', result.stderr);
      assert.equal(result.exitCode, exitCodes.FFMPEG_FAILED);
      for (const pid of pids) await waitUntilGone(pid);
      assert.deepEqual(readdirSync(folder), []);
    });
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const) {
    it(`by ${signal} to the old Node that launched it`, async (test) => {
      const node = oldNode();
      if (node === null) {
        test.skip('no Node older than 22 on this machine');
        return;
      }
      const { run, folder, pids } = await dubUntil('export', node);
      run.child.kill(signal);
      const result = await run.result;
      if (signal === 'SIGKILL') assert.equal(result.exitSignal, signal);
      else assert.equal(result.exitCode, exitCodes.CANCELLED, result.stderr);
      for (const pid of pids) await waitUntilGone(pid);
      assert.deepEqual(readdirSync(folder), []);
    });
  }

  it('by the death of its engine process says so and leaves nothing', async () => {
    const { run, folder, pids } = await dubUntil('export');
    killTool(run, /engine\/host\/entry/);
    const result = await run.result;
    assert.equal(lastJson(result)['code'], 'ENGINE_DIED', result.stderr);
    for (const pid of pids) await waitUntilGone(pid);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('by kill -9 takes its engine, ffmpeg and the unfinished film along', async () => {
    const { run, folder, pids } = await dubUntil('export');
    assert.ok(pids.every(isAlive));
    run.child.kill('SIGKILL');
    await once(run.child, 'exit');
    for (const pid of pids) await waitUntilGone(pid);
    assert.deepEqual(readdirSync(folder), []);
  });
});

describe('a dub that goes on', { skip: needsProc }, () => {
  const cues = [0, 1, 2].map((second) => {
    const time = (tenths: number): string => `00:00:0${second},${tenths}00`;
    return `${second + 1}\n${time(1)} --> ${time(9)}\nSentence ${second + 1}.\n`;
  });

  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    it(`after ${signal} keeps the takes that were finished`, async (test) => {
      const film = speakerFilm();
      if (film === null) {
        test.skip('neither the demo film nor shared clips are here');
        return;
      }
      const folder = join(root, `resume-${signal}`);
      mkdirSync(folder);
      writeFileSync(join(folder, 'voice.srt'), cues.join('\n'));
      await makeVoice(folder, 'voice.wav', 3);
      const args = ['dub', film, 'voice.wav', '-o', 'out.mp4', '--subtitles', 'voice.srt', '--json'];
      const options = { cwd: folder, environment };
      const first = startCli([...args, '--project', 'p.dubwright'], options);
      await first.lineMatching(/"kind":"take"/);
      first.child.kill(signal);
      await first.result;
      const again = await startCli([...args, '--project', 'p.dubwright'], options).result;
      assert.equal(again.exitCode, 0, again.stderr);
      const report = lastJson(again);
      const counts = [report['renderedSegments'], report['reusedSegments']].map(Number);
      assert.equal((counts[0] ?? 0) + (counts[1] ?? 0), 3);
      assert.ok((counts[1] ?? 0) >= 1, `reused ${counts[1] ?? 0}`);
      const third = lastJson(await startCli([...args, '--project', 'p.dubwright'], options).result);
      assert.deepEqual(
        [third['renderedSegments'], third['reusedSegments'], third['exported']],
        [0, 3, false],
      );
      assert.deepEqual(
        readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.part')),
        [],
      );
    });
  }
});

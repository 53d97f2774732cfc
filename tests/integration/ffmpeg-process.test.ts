import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { runFfmpeg, spawnFfmpeg, type FfmpegRequest } from '../../src/engine/media/ffmpeg-command.ts';
import { locateFfmpeg } from '../../src/engine/media/locate-ffmpeg.ts';
import { descendantsOf, waitUntilGone } from '../support/processes.ts';
import { withTempFolder } from '../support/temp-folder.ts';

/** Hours of pictures that nobody will wait for. */
const endless: FfmpegRequest['inputs'][number] = { lavfi: 'testsrc2=size=640x480:rate=25' };
const rawOut = { stdout: true, options: ['-f', 'rawvideo', '-pix_fmt', 'yuv420p'] } as const;

function codeIs(code: string): (error: unknown) => boolean {
  return (error) => error instanceof Error && 'code' in error && error.code === code;
}

test('an abort ends ffmpeg within a second, and says so', async () => {
  const abort = new AbortController();
  const process = await spawnFfmpeg({ inputs: [endless], outputs: [rawOut], signal: abort.signal });
  await once(process.stdout ?? new Readable(), 'readable');
  const before = performance.now();
  abort.abort();
  await assert.rejects(process.done, codeIs('CANCELLED'));
  assert.ok(performance.now() - before < 1000);
  await waitUntilGone(process.pid);
  await assert.rejects(
    runFfmpeg({ inputs: [endless], outputs: [rawOut], signal: abort.signal }),
    codeIs('CANCELLED'),
  );
});

test('stopping is no error, and can be done twice', async () => {
  const process = await spawnFfmpeg({ inputs: [endless], outputs: [rawOut] });
  await process.stop();
  await process.stop();
  await process.done;
  await waitUntilGone(process.pid);
});

test('an unread output holds ffmpeg back instead of filling our memory', async () => {
  const process = await spawnFfmpeg({ inputs: [endless], outputs: [rawOut] });
  const { stdout } = process;
  assert.ok(stdout);
  await once(stdout, 'readable');
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(stdout.readableLength < 1 << 20);
  await process.stop();
});

test('ffmpeg killed by someone else is a failure that names the signal', async () => {
  const started = await spawnFfmpeg({ inputs: [endless], outputs: [rawOut] });
  started.stdout?.resume();
  process.kill(started.pid, 'SIGKILL');
  await assert.rejects(started.done, (error: unknown) => {
    return codeIs('FFMPEG_FAILED')(error) && JSON.stringify(error).includes('SIGKILL');
  });
});

test('what ffmpeg complains about is told in its words', async () => {
  const request: FfmpegRequest = {
    inputs: [{ path: '/nowhere/film.mp4' }],
    outputs: [{ nowhere: true, options: ['-f', 'null'] }],
  };
  await assert.rejects(runFfmpeg(request), /FFMPEG_FAILED.*No such file or directory/);
});

test('a full disk is a full disk', { skip: process.platform !== 'linux' && 'needs /dev/full' }, async () => {
  const options = ['-f', 'rawvideo', '-frames:v', '20'];
  const request = { inputs: [endless], outputs: [{ path: '/dev/full', options }] };
  await assert.rejects(runFfmpeg(request), codeIs('DISK_FULL'));
});

test('frames go in by a stream, progress comes out, the file is written', async () => {
  await withTempFolder(async (folder) => {
    const path = join(folder, '-out: 100%.nut');
    const frames = Array.from({ length: 60 }, (_, i) => Buffer.alloc(16 * 16, i));
    const seen: number[] = [];
    await runFfmpeg({
      inputs: [
        {
          stream: Readable.from(frames),
          options: ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', '16x16', '-r', '25'],
        },
      ],
      outputs: [{ path, options: ['-c:v', 'rawvideo', '-f', 'rawvideo'] }],
      onProgress: ({ frames: done }) => seen.push(done),
    });
    assert.deepEqual(await readFile(path), Buffer.concat(frames));
    assert.equal(seen.at(-1), 60);
  });
});

test("a failing stream's own error comes through, and ffmpeg is gone", async () => {
  const broken = Readable.from(
    (function* () {
      yield Buffer.alloc(256);
      throw new RangeError('the camera fell');
    })(),
  );
  const input = { stream: broken, options: ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', '16x16'] };
  const request = { inputs: [input], outputs: [{ nowhere: true as const, options: ['-f', 'null'] }] };
  await assert.rejects(runFfmpeg(request), /the camera fell/);
  assert.deepEqual(descendantsOf(process.pid), []);
});

/** Starts another Node that reads a film with ffmpeg; answers with the pids of both. */
async function startReader(): Promise<{ parent: ReturnType<typeof spawn>; ffmpegPid: number }> {
  const module = new URL('../../src/engine/media/ffmpeg-command.ts', import.meta.url).href;
  const script = `
    const { spawnFfmpeg } = await import(${JSON.stringify(module)});
    const p = await spawnFfmpeg(${JSON.stringify({ inputs: [endless], outputs: [rawOut] })});
    p.stdout.once('readable', () => console.log(p.pid));
    process.stdin.once('data', () => process.exit(3));
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  return { parent, ffmpegPid: Number(line) };
}

test('no ffmpeg outlives us when we exit in the middle', async () => {
  const { parent, ffmpegPid } = await startReader();
  parent.stdin?.write('go');
  await waitUntilGone(ffmpegPid);
});

test('no ffmpeg outlives us when we are killed outright', async () => {
  const { parent, ffmpegPid } = await startReader();
  parent.kill('SIGKILL');
  await waitUntilGone(ffmpegPid);
});

/** Runs `body` with other environment variables; undefined removes one. */
async function withEnvironment(
  changes: Readonly<Record<string, string | undefined>>,
  body: () => Promise<void>,
): Promise<void> {
  const before = { ...process.env };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  try {
    await body();
  } finally {
    process.env = before;
  }
}

async function fakeTool(folder: string, name: string, version: string, lavc: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(
    path,
    `#!/bin/sh\necho "${name} version ${version} Copyright"\necho "libavcodec     ${lavc} / ${lavc}"\n`,
  );
  await chmod(path, 0o755);
}

test('a setting goes before the system, a new system before the bundled one, an old one after', async () => {
  await withTempFolder(async (folder) => {
    const nothingSet = { DUBWRIGHT_FFMPEG: undefined, DUBWRIGHT_FFPROBE: undefined };
    const PATH = `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
    await fakeTool(folder, 'ffprobe', '7.1', '61.19.100');
    await fakeTool(folder, 'ffmpeg', '4.4.2', '58.134.100');
    await withEnvironment({ ...nothingSet, PATH }, async () => {
      assert.notEqual((await locateFfmpeg()).ffmpegPath, join(folder, 'ffmpeg'));
    });
    await fakeTool(folder, 'ffmpeg', '7.1', '61.19.100');
    const isBundled = (await locateFfmpeg()).origin === 'ffmpeg-static';
    await withEnvironment({ ...nothingSet, PATH: `${PATH}${delimiter}` }, async () => {
      const tools = await locateFfmpeg();
      assert.equal(tools.origin, isBundled ? 'ffmpeg-static' : 'system');
      if (!isBundled) assert.deepEqual([tools.ffmpegPath, tools.majorVersion], [join(folder, 'ffmpeg'), 7]);
    });
    await withEnvironment({ DUBWRIGHT_FFMPEG: join(folder, 'ffmpeg') }, async () => {
      const tools = await locateFfmpeg();
      assert.deepEqual([tools.origin, tools.version], ['setting', '7.1']);
      assert.equal(tools.ffprobePath, join(folder, 'ffprobe'));
    });
    await withEnvironment({ DUBWRIGHT_FFMPEG: '/nowhere/ffmpeg' }, async () => {
      await assert.rejects(locateFfmpeg(), codeIs('FFMPEG_MISSING'));
    });
  });
});

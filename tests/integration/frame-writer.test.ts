import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import type { PlanarFormat, Samples, VideoFrame } from '../../src/engine/media/frame.ts';
import { openFrameWriter } from '../../src/engine/media/frame-writer.ts';
import type { FrameWriterRequest } from '../../src/engine/media/frame-writer.ts';
import { DubwrightError } from '../../src/contract/errors.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { createTakeWriter } from '../../src/engine/takes/take-writer.ts';
import { descendantsOf } from '../support/processes.ts';
import { locateFfmpeg } from '../../src/engine/media/locate-ffmpeg.ts';
import { allPlanarFormats, planarTwin, planeSizes } from '../../src/engine/media/planar-formats.ts';

const folder = await mkdtemp(join(tmpdir(), 'dubwright-writer-'));
after(() => rm(folder, { recursive: true }));
const { ffmpegPath } = await locateFfmpeg();
const run = promisify(execFile);
const colour = { range: 'tv', space: 'bt709', primaries: 'bt709', transfer: 'bt709' };

/** Unpredictable but repeatable samples over the format's whole range, smooth enough for codecs to like. */
function frameOf(format: PlanarFormat, index: number, width: number, height: number): VideoFrame {
  let state = 12345 + index;
  const planes = planeSizes(format, width, height).map((size) => {
    const count = size.width * size.height;
    const data: Samples = format.bitDepth > 8 ? new Uint16Array(count) : new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      data[i] = (state >>> 8) % (1 << format.bitDepth);
    }
    return { data, ...size };
  });
  return { index, format, width, height, colour, planes };
}

function bytesOf(frame: VideoFrame): Buffer {
  return Buffer.concat(
    frame.planes.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  );
}

function requestFor(
  name: string,
  format: PlanarFormat,
  more: Partial<FrameWriterRequest>,
): FrameWriterRequest {
  return {
    outPath: join(folder, name),
    overwrite: false,
    codec: 'ffv1',
    format,
    width: 32,
    height: 24,
    colour,
    sampleAspectRatio: { num: 1, den: 1 },
    timeBase: { num: 1, den: 25 },
    tickStep: 1,
    frameRate: { num: 25, den: 1 },
    startTimecode: null,
    metadata: {},
    extra: null,
    ...more,
  };
}

async function writeFilm(request: FrameWriterRequest, ticks: readonly number[]): Promise<VideoFrame[]> {
  const writer = await openFrameWriter(request);
  const frames: VideoFrame[] = [];
  for (let i = 0; i + 1 < ticks.length; i++) {
    const frame = frameOf(request.format, i, request.width, request.height);
    frames.push(frame);
    await writer.write(frame, ticks[i], ticks[i + 1]);
  }
  await writer.finish();
  return frames;
}

async function decode(path: string, pixelFormat: string): Promise<Buffer> {
  const args = ['-v', 'error', '-i', `file:${path}`, '-f', 'rawvideo', '-pix_fmt', pixelFormat, '-'];
  return (await run(ffmpegPath, args, { encoding: 'buffer', maxBuffer: 1 << 28 })).stdout;
}

/** Not written losslessly: 2018's ffmpeg has no raw name or no FFV1 for them. */
const withoutCarrier = new Set(['yuv440p10le', 'yuv440p12le', 'yuva444p12le', 'yuva422p12le', 'gbrap14le']);

test('every planar format reaches FFV1 bit for bit, odd sizes too', async () => {
  for (const format of allPlanarFormats()) {
    const request = requestFor(`${format.name}.mkv`, format, { width: 37, height: 23 });
    if (withoutCarrier.has(format.name)) {
      await assert.rejects(openFrameWriter(request), { code: 'OUTPUT_FORMAT_UNKNOWN' });
      continue;
    }
    const frames = await writeFilm(request, [0, 1, 2]);
    const decoded = await decode(request.outPath, format.name);
    assert.ok(decoded.equals(Buffer.concat(frames.map(bytesOf))), format.name);
  }
});

/** A smooth picture, so that a lossy codec may be asked to keep it nearly as it is. */
function rampOf(format: PlanarFormat, width: number, height: number): VideoFrame {
  const unit = 1 << (format.bitDepth - 8);
  const planes = planeSizes(format, width, height).map((size, plane) => {
    const data: Samples = frameOf(format, 0, width, height).planes[plane].data.map(
      (_, i) => (60 + plane * 30 + (i % size.width) + Math.floor(i / size.width)) * unit,
    );
    return { data, ...size };
  });
  return { index: 0, format, width, height, colour, planes };
}

test('gray, RGB, alpha and deep pictures reach H.264, HEVC and ProRes with their brightness', async () => {
  for (const name of ['gray', 'gray12le', 'gbrp', 'gbrap10le', 'yuva444p12le', 'yuv422p10le', 'yuv411p']) {
    const format = planarTwin(name);
    for (const [codec, extension, size] of [
      ['h264', 'mp4', 'yuv420p'],
      ['hevc', 'mp4', format.bitDepth > 8 ? 'yuv420p10le' : 'yuv420p'],
      ['prores', 'mov', 'yuv422p10le'],
    ] as const) {
      const request = requestFor(`${name}-${codec}.${extension}`, format, { codec, width: 64, height: 48 });
      const writer = await openFrameWriter(request);
      const frame = rampOf(format, 64, 48);
      await writer.write(frame, 0, 1);
      await writer.finish();
      const { video } = await openSource(request.outPath);
      assert.equal(video.planarFormat.name, size, request.outPath);
      // RGB has its own brightness; everything else must come back within a few steps.
      if (format.model === 'gbr') continue;
      const decoded = await decode(request.outPath, 'gray16le');
      const wanted = frame.planes[0].data;
      let error = 0;
      for (let i = 0; i < wanted.length; i++) {
        error += Math.abs(
          decoded.readUInt16LE(2 * i) / 256 - grayOf(wanted[i] / (1 << (format.bitDepth - 8))),
        );
      }
      assert.ok(error / wanted.length < 2.5, `${request.outPath}: ${error / wanted.length}`);
    }
  }
});

/** ffmpeg's gray has full range: 16…235 becomes 0…255. */
function grayOf(luma: number): number {
  return ((luma - 16) * 255) / 219;
}

const yuv420p = planarTwin('yuv420p');
const big = { width: 640, height: 480, codec: 'h264' } as const;
const leftovers = async () => (await readdir(folder)).filter((name) => name.includes('.part'));

test('an aborted film leaves nothing', async () => {
  const controller = new AbortController();
  const request = requestFor('aborted.mp4', yuv420p, { ...big, signal: controller.signal });
  const writer = await openFrameWriter(request);
  await writer.write(frameOf(yuv420p, 0, 640, 480), 0, 1);
  assert.equal((await leftovers()).length <= 1, true);
  controller.abort();
  await assert.rejects(writer.write(frameOf(yuv420p, 1, 640, 480), 1, 2), { code: 'CANCELLED' });
  assert.deepEqual(await leftovers(), []);
  const other = await openFrameWriter(requestFor('aborted.mp4', yuv420p, big));
  await other.write(frameOf(yuv420p, 0, 640, 480), 0, 1);
  await other.abort();
  await other.abort();
  assert.deepEqual(await leftovers(), []);
});

test('an ffmpeg that is killed half way is an error, not a film', async () => {
  const writer = await openFrameWriter(requestFor('killed.mp4', yuv420p, big));
  await writer.write(frameOf(yuv420p, 0, 640, 480), 0, 1);
  const encoder = descendantsOf(process.pid).find(({ command }) => command.includes('libx264'));
  assert.ok(encoder);
  process.kill(encoder.pid, 'SIGKILL');
  await assert.rejects(
    async () => {
      for (let i = 1; i < 50; i++) await writer.write(frameOf(yuv420p, i, 640, 480), i, i + 1);
      await writer.finish();
    },
    { code: 'FFMPEG_FAILED' },
  );
  assert.deepEqual(await leftovers(), []);
});

test('an existing file is kept unless told otherwise, even one that appears meanwhile', async () => {
  const request = requestFor('taken.mkv', yuv420p, {});
  const writer = await openFrameWriter(request);
  await writer.write(frameOf(yuv420p, 0, 32, 24), 0, 1);
  await writeFile(request.outPath, 'mine');
  await assert.rejects(writer.finish(), { code: 'OUTPUT_EXISTS' });
  await assert.rejects(openFrameWriter(request), { code: 'OUTPUT_EXISTS' });
  assert.equal(await readFile(request.outPath, 'utf8'), 'mine');
  await writeFilm({ ...request, overwrite: true }, [0, 1]);
  assert.equal((await decode(request.outPath, 'yuv420p')).length, 32 * 24 * 1.5);
  assert.deepEqual(await leftovers(), []);
});

test('names and codecs that do not fit, and folders that are not there, are refused at once', async () => {
  const refusal = async (name: string, more: Partial<FrameWriterRequest>) =>
    await openFrameWriter(requestFor(name, yuv420p, more)).then(
      () => 'accepted',
      (thrown: unknown) => (thrown instanceof DubwrightError ? thrown.code : thrown),
    );
  assert.equal(await refusal('film.avi', { codec: 'h264' }), 'OUTPUT_FORMAT_UNKNOWN');
  assert.equal(await refusal('film', { codec: 'h264' }), 'OUTPUT_FORMAT_UNKNOWN');
  assert.equal(await refusal('film.mp4', { codec: 'prores' }), 'OUTPUT_FORMAT_UNKNOWN');
  assert.equal(await refusal('film.mov', { codec: 'ffv1' }), 'OUTPUT_FORMAT_UNKNOWN');
  assert.equal(await refusal('no/such/film.mp4', { codec: 'h264' }), 'OUTPUT_NOT_WRITABLE');
  assert.equal(await refusal('film.MP4', { codec: 'h264' }), 'accepted');
});

test('strange names are written as they are, time stamps far into a long film too', async () => {
  const far = 5 * 3600 * 90_000;
  for (const [name, ticks] of [
    ['-dash é 漢字 %03d.mp4', [0, 3003, 6006, 9009]],
    ["it's: a [film].mkv", [0, 3003, far, far + 3003]],
  ] as const) {
    const codec = name.endsWith('.mp4') ? 'h264' : 'ffv1';
    const timeBase = { num: 1, den: 90_000 };
    const request = requestFor(name, yuv420p, { codec, timeBase, frameRate: { num: 30_000, den: 1001 } });
    await writeFilm(request, ticks);
    const { table } = await openSource(request.outPath);
    const seconds = [...table.ticks].map((tick) => (tick * table.timeBase.num) / table.timeBase.den);
    ticks.slice(0, -1).forEach((tick, i) => {
      assert.ok(Math.abs(seconds[i] - tick / 90_000) < 0.0006, `${name}: ${seconds.join()}`);
    });
  }
});

/** Runs `body` in a tiny file system of its own; null where the machine does not allow one. */
async function onTinyDisk(options: string, body: (disk: string) => Promise<void>): Promise<boolean> {
  const disk = await mkdtemp(join(folder, 'disk-'));
  const mount = ['-t', 'tmpfs', '-o', options, 'dubwright-test', disk];
  const isMounted = await run('mount', mount).then(
    () => true,
    () => false,
  );
  if (!isMounted) return false;
  await body(disk).finally(() => run('umount', [disk]));
  return true;
}

test('a disk that fills up is an error that says so, and is empty afterwards', async (t) => {
  const isDone = await onTinyDisk('size=200k', async (disk) => {
    for (const [name, codec] of [
      ['full.mp4', 'h264'],
      ['full.mkv', 'ffv1'],
    ] as const) {
      const outPath = join(disk, name);
      const request = requestFor('', yuv420p, { outPath, width: 320, height: 240, codec });
      await assert.rejects(
        writeFilm(
          request,
          Array.from({ length: 41 }, (_, i) => i),
        ),
        {
          code: 'DISK_FULL',
          details: { path: outPath },
        },
      );
      assert.deepEqual(await readdir(disk), []);
    }
    const target = { startFrame: 0, endFrame: 99, format: yuv420p, timeBase: { num: 1, den: 25 }, key: 'k' };
    const take = await createTakeWriter({ ...target, takePath: join(disk, 'full.take') });
    const box = { x: 0, y: 0, width: 320, height: 240 };
    await assert.rejects(
      async () => {
        for (let i = 0; i < 9; i++)
          await take.add({ frameIndex: i, box, planes: frameOf(yuv420p, i, 320, 240).planes });
      },
      { code: 'DISK_FULL' },
    );
    assert.deepEqual(await readdir(disk), []);
  });
  if (!isDone) t.skip('no file system of our own may be mounted here');
});

test('a disk that cannot be written is refused', async (t) => {
  const isDone = await onTinyDisk('size=200k,ro', async (disk) => {
    const outPath = join(disk, 'film.mp4');
    const request = requestFor('', yuv420p, { outPath, codec: 'h264' });
    await assert.rejects(writeFilm(request, [0, 1]), { code: 'OUTPUT_NOT_WRITABLE' });
  });
  if (!isDone) t.skip('no file system of our own may be mounted here');
});

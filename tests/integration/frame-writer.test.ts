import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import type { PlanarFormat, Samples, VideoFrame } from '../../src/engine/media/frame.ts';
import { openFrameWriter } from '../../src/engine/media/frame-writer.ts';
import type { FrameWriterRequest } from '../../src/engine/media/frame-writer.ts';
import { locateFfmpeg } from '../../src/engine/media/locate-ffmpeg.ts';
import { allPlanarFormats, planarFormatNamed, planeSizes } from '../../src/engine/media/planar-formats.ts';

const folder = await mkdtemp(join(tmpdir(), 'dubwright-writer-'));
after(() => rm(folder, { recursive: true }));
const { ffmpegPath, ffprobePath } = await locateFfmpeg();
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

interface Probed {
  readonly streams: readonly Record<string, unknown>[];
  readonly frames: readonly Record<string, unknown>[];
  readonly format: { readonly duration: string; readonly tags: Record<string, string> };
}

async function probe(path: string): Promise<Probed> {
  const args = [
    '-v',
    'error',
    '-of',
    'json',
    '-show_streams',
    '-show_frames',
    '-show_format',
    '-select_streams',
    'v:0',
  ];
  return JSON.parse((await run(ffprobePath, [...args, `file:${path}`])).stdout) as Probed;
}

/** Not written losslessly: 2018's ffmpeg has no raw name or no FFV1 for them. */
const withoutCarrier = new Set(['yuv440p10le', 'yuv440p12le', 'yuva444p12le', 'yuva422p12le', 'gbrap14le']);

test('every planar format reaches FFV1 bit for bit, odd sizes too', async () => {
  for (const format of allPlanarFormats()) {
    if (withoutCarrier.has(format.name)) continue;
    const request = requestFor(`${format.name}.mkv`, format, { width: 37, height: 23 });
    const frames = await writeFilm(request, [0, 1, 2]);
    const decoded = await decode(request.outPath, format.name);
    assert.ok(decoded.equals(Buffer.concat(frames.map(bytesOf))), format.name);
  }
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openFrameReader } from '../../src/engine/media/frame-reader.ts';
import type { VideoFrame } from '../../src/engine/media/frame.ts';
import { locateFfmpeg, passthroughRateOptions } from '../../src/engine/media/locate-ffmpeg.ts';
import { openSource, startTicks } from '../../src/engine/media/open-source.ts';
import { decodePixelFormat } from '../../src/engine/media/planar-formats.ts';
import type { SourceVideo } from '../../src/engine/media/types.ts';
import { ffmpegText, ffprobeText, makeFilm, type FilmRecipe } from '../support/make-media.ts';
import { sharedFolder, sharedMediaMissing } from '../support/shared-media.ts';
import { withTempFolder } from '../support/temp-folder.ts';

const frameRate = { '22.13': 22.13, '24000/1001': 24000 / 1001, '30000/1001': 30000 / 1001 };

/** The films whose frame grid and pixels are compared with independent readings. */
const recipes: readonly (FilmRecipe & { readonly expect?: Readonly<Partial<Expected>> })[] = [
  { name: 'h264 with B-frames.mp4', tones: [{}], expect: { isVariableRate: false } },
  { name: 'h264 23.976.mov', rate: '24000/1001', expect: { fps: frameRate['24000/1001'] } },
  { name: 'h264 22.13.mp4', rate: '22.13', expect: { fps: frameRate['22.13'], isVariableRate: false } },
  {
    name: 'h264 29.97.mkv',
    rate: '30000/1001',
    expect: { fps: frameRate['30000/1001'], isVariableRate: false },
  },
  { name: 'h264 60.mp4', rate: '60', frameCount: 90, expect: { fps: 60 } },
  { name: 'h264 in a transport stream.ts', tones: [{}] },
  { name: 'h264.avi', codecOptions: ['-bf', '2'] },
  {
    name: 'open groups.mp4',
    frameCount: 80,
    codecOptions: ['-x264-params', 'open-gop=1:keyint=20:bframes=3'],
  },
  { name: 'h264 4:4:4 odd.mp4', width: 127, height: 95, pixelFormat: 'yuv444p' },
  { name: 'h264 10 bit.mp4', pixelFormat: 'yuv420p10le' },
  { name: 'hevc 10 bit.mp4', codec: 'libx265', pixelFormat: 'yuv420p10le', frameCount: 30 },
  { name: 'hevc.mkv', codec: 'libx265', frameCount: 30 },
  { name: 'prores.mov', codec: 'prores_ks', pixelFormat: 'yuv422p10le', tones: [{ codec: 'pcm_s16le' }] },
  {
    name: 'prores 4444.mov',
    codec: 'prores_ks',
    pixelFormat: 'yuva444p10le',
    codecOptions: ['-profile:v', '4'],
  },
  {
    name: 'vp9 odd.webm',
    codec: 'libvpx-vp9',
    width: 127,
    height: 95,
    codecOptions: ['-deadline', 'realtime'],
  },
  { name: 'vp8.webm', codec: 'libvpx', codecOptions: ['-auto-alt-ref', '1', '-lag-in-frames', '16'] },
  {
    name: 'av1.mkv',
    ...{ codec: 'libaom-av1', codecOptions: ['-strict', 'experimental', '-cpu-used', '8', '-b:v', '100k'] },
    ...{ width: 64, height: 48, frameCount: 8 },
  },
  { name: 'mpeg-4.avi', codec: 'mpeg4', codecOptions: ['-bf', '2'] },
  { name: 'mpeg-4.mp4', codec: 'mpeg4', tones: [{}] },
  { name: 'mpeg-1.mpg', codec: 'mpeg1video', codecOptions: ['-bf', '2'], tones: [{ codec: 'mp2' }] },
  { name: 'mpeg-2.mpg', codec: 'mpeg2video', rate: '30000/1001', tones: [{ codec: 'mp2' }] },
  { name: 'ffv1 odd.mkv', codec: 'ffv1', width: 101, height: 67 },
  { name: 'ffv1 rgb.mkv', codec: 'ffv1', pixelFormat: 'bgr0' },
  { name: 'ffv1 16 bit grey.mkv', codec: 'ffv1', pixelFormat: 'gray16le' },
  { name: 'motion jpeg full range.mkv', codec: 'mjpeg', pixelFormat: 'yuvj420p' },
  { name: 'packed 4:2:2.avi', codec: 'rawvideo', pixelFormat: 'yuyv422', frameCount: 10 },
  { name: 'animation rgb.mov', codec: 'qtrle', pixelFormat: 'rgb24', frameCount: 20 },
  { name: 'palette.gif', codec: 'gif', pixelFormat: 'rgb8', frameCount: 20 },
  { name: 'turned 90.mp4', clockwiseDegrees: 90, expect: { size: [96, 128] } },
  { name: 'turned 180.mp4', clockwiseDegrees: 180, expect: { size: [128, 96] } },
  { name: 'turned 270.mov', clockwiseDegrees: 270, tones: [{}], expect: { size: [96, 128] } },
  { name: 'variable.mp4', secondsOfFrameN: 'N*0.04+0.017*mod(N,3)', expect: { isVariableRate: true } },
  { name: 'variable.mkv', secondsOfFrameN: 'N*0.02+0.0005*N*N', expect: { isVariableRate: true } },
  { name: 'pause.mkv', secondsOfFrameN: 'N*0.04+gt(N,20)*1.5', expect: { isVariableRate: true } },
  { name: 'picture after sound.mp4', pictureDelaySeconds: 0.5, tones: [{}], expect: { firstSeconds: 0.5 } },
  { name: 'picture after sound.mkv', pictureDelaySeconds: 0.5, tones: [{}], expect: { firstSeconds: 0.5 } },
  { name: 'late file.mkv', fileStartSeconds: 7.25, tones: [{}], expect: { isVariableRate: false } },
  { name: 'late file.ts', fileStartSeconds: 3600, expect: { firstSeconds: 0 } },
  { name: 'one frame.mp4', frameCount: 1 },
  { name: 'überraschung – größe.mp4', frameCount: 10 },
  { name: '-i.mp4', frameCount: 10 },
  { name: 'a:b 100% %03d [x] \'q\' "z".mp4', frameCount: 10 },
];

interface Expected {
  readonly fps: number;
  readonly size: readonly [number, number];
  readonly isVariableRate: boolean;
  readonly firstSeconds: number;
}

/** MD5 of each frame's bytes as ffmpeg itself decodes, turns and hashes them. */
async function referenceHashes(source: SourceVideo): Promise<string[]> {
  const { streamIndex, pixelFormat } = source.video;
  const rate = passthroughRateOptions(await locateFfmpeg());
  const format = ['-c:v', 'rawvideo', '-pix_fmt', decodePixelFormat(pixelFormat), '-f', 'framemd5', '-'];
  const text = await ffmpegText([
    '-i',
    `file:${source.info.path}`,
    '-map',
    `0:${streamIndex}`,
    ...rate,
    ...format,
  ]);
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').at(-1)?.trim() ?? '');
}

/** Time stamps of the frames that ffprobe's own decoding yields; NaN where it has none. */
async function referenceStamps(source: SourceVideo): Promise<number[]> {
  const select = ['-select_streams', `${source.video.streamIndex}`, '-of', 'compact=p=0'];
  const entries = ['-show_entries', 'frame=best_effort_timestamp'];
  const text = await ffprobeText([...select, ...entries, '-i', `file:${source.info.path}`]);
  return [...text.matchAll(/best_effort_timestamp=(-?\d+|N\/A)/g)].map((match) => Number(match[1]));
}

function hashOf(frame: VideoFrame): string {
  const hash = createHash('md5');
  for (const { data } of frame.planes)
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}

async function readHashes(source: SourceVideo, startFrame: number, endFrame: number): Promise<string[]> {
  const hashes: string[] = [];
  const reader = await openFrameReader({ source, startFrame, endFrame });
  for await (const frame of reader) {
    assert.equal(frame.index, startFrame + hashes.length);
    hashes.push(hashOf(frame));
  }
  return hashes;
}

async function checkAgainstReference(source: SourceVideo): Promise<void> {
  const { table, info } = source;
  const stamps = await referenceStamps(source);
  assert.equal(table.frameCount, stamps.length, 'frame count');
  if (table.countOnly !== true) {
    const own = [...table.ticks.slice(0, -1)].map((tick) => tick + startTicks(info, table.timeBase));
    // For the last frames of a file without presentation times ffprobe has no answer; ffmpeg counts on.
    assert.deepEqual(
      own,
      stamps.map((stamp, i) => (Number.isNaN(stamp) ? own[i] : stamp)),
    );
  }
  for (let i = 0; i < table.frameCount; i++)
    assert.ok(table.ticks[i + 1] > table.ticks[i], `tick ${i} rises`);
  assert.deepEqual(await readHashes(source, 0, table.frameCount), await referenceHashes(source));
}

describe('films of every kind are read as ffmpeg itself reads them', () => {
  for (const recipe of recipes) {
    test(recipe.name, async () => {
      await withTempFolder(async (folder) => {
        const source = await openSource(await makeFilm(folder, recipe));
        await checkAgainstReference(source);
        assert.equal(source.table.frameCount, recipe.frameCount ?? 50);
        const { fps, size, isVariableRate, firstSeconds } = recipe.expect ?? {};
        const { frameRate: rate, width, height } = source.video;
        if (fps !== undefined)
          assert.ok(Math.abs(rate.num / rate.den - fps) < 1e-4, `${rate.num}/${rate.den}`);
        if (size !== undefined) assert.deepEqual([width, height], size);
        if (isVariableRate !== undefined) assert.equal(source.table.isVariableRate, isVariableRate);
        const { num, den } = source.table.timeBase;
        if (firstSeconds !== undefined)
          assert.ok(Math.abs((source.table.ticks[0] * num) / den - firstSeconds) < 0.045);
      });
    });
  }
});

describe('a stretch from the middle is the same, however it is found', () => {
  const long: readonly FilmRecipe[] = [
    { name: 'closed groups.mp4', frameCount: 300, codecOptions: ['-g', '60', '-bf', '3'], tones: [{}] },
    {
      name: 'open groups.mp4',
      frameCount: 300,
      codecOptions: ['-x264-params', 'open-gop=1:keyint=50:bframes=5'],
    },
    { name: 'refresh.mkv', frameCount: 300, codecOptions: ['-x264-params', 'intra-refresh=1:keyint=60'] },
    {
      name: 'hevc.mkv',
      codec: 'libx265',
      frameCount: 240,
      codecOptions: ['-x265-params', 'keyint=50:log-level=0'],
    },
    { name: 'variable.mp4', frameCount: 300, secondsOfFrameN: 'N*0.04+0.017*mod(N,3)' },
    { name: 'late.mkv', frameCount: 300, fileStartSeconds: 100, tones: [{}] },
    {
      name: 'vp9.webm',
      codec: 'libvpx-vp9',
      frameCount: 240,
      codecOptions: ['-deadline', 'realtime', '-g', '40'],
    },
    { name: 'mpeg-1.mpg', codec: 'mpeg1video', frameCount: 240, codecOptions: ['-bf', '2'] },
    { name: 'packed.avi', codec: 'mpeg4', frameCount: 240, codecOptions: ['-bf', '2'] },
    { name: 'stream.ts', frameCount: 240, tones: [{}] },
  ];
  for (const recipe of long) {
    test(recipe.name, async () => {
      await withTempFolder(async (folder) => {
        const source = await openSource(await makeFilm(folder, recipe));
        const whole = await readHashes(source, 0, source.table.frameCount);
        for (const start of [1, 99, 100, 137, 151, 200, 233]) {
          const end = Math.min(start + 5, source.table.frameCount);
          assert.deepEqual(await readHashes(source, start, end), whole.slice(start, end), `from ${start}`);
        }
      });
    });
  }
});

/** Decoding every clip four times takes minutes; DUBWRIGHT_ALL_CLIPS=1 asks for it. */
const quickClips = /^(address-b|commissioner|desk-man|grid-1|phone-portrait|weekly-address-2)/;
const clips = sharedFolder('clips');
describe('real footage', { skip: clips === null && sharedMediaMissing }, () => {
  const wanted = process.env['DUBWRIGHT_ALL_CLIPS'] === '1' ? /./ : quickClips;
  const names = clips === null ? [] : readdirSync(clips);
  for (const name of names.filter((file) => /\.(mp4|mov|mpg)$/i.test(file) && wanted.test(file))) {
    test(name, async () => {
      const source = await openSource(join(clips ?? '', name));
      await checkAgainstReference(source);
      const start = Math.floor(source.table.frameCount * 0.8);
      const all = await readHashes(source, 0, start + 3);
      assert.deepEqual(await readHashes(source, start, start + 3), all.slice(start));
    });
  }
});

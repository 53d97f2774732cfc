import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { openFrameReader } from '../../src/engine/media/frame-reader.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { decodePixelFormat } from '../../src/engine/media/planar-formats.ts';
import { ffmpegText } from '../support/make-media.ts';
import { withTempFolder } from '../support/temp-folder.ts';

/**
 * What decoders of real files deliver, as far as a file can carry it unencoded. (Formats of fewer than 8 bits have no way
 * back without dithering; full-range JPEG formats are checked with Motion JPEG in film-reading.)
 */
const packed = [
  ...['nv12', 'nv21', 'yuyv422', 'uyvy422', 'yvyu422', 'yuv420p10be', 'yuv422p10be', 'yuva420p'],
  ...['gray10be', 'gray16be', 'rgb24', 'bgr24', 'argb', 'rgba', 'abgr', 'bgra', '0rgb', 'bgr0'],
  ...['rgb48le', 'rgb48be', 'gbrp10be'],
];

test('every packed format survives the way to its planar twin and back, bit for bit', async (t) => {
  for (const format of packed) {
    await t.test(format, async () => {
      await withTempFolder((folder) => roundTrip(folder, format));
    });
  }
});

async function roundTrip(folder: string, format: string): Promise<void> {
  const [film, before, planar, after] = ['a.nut', 'before.raw', 'planar.raw', 'after.raw'].map((name) =>
    join(folder, name),
  );
  // Mandelbrot colours are everywhere; the noise makes neighbours differ in every bit.
  const source = ['-f', 'lavfi', '-i', 'mandelbrot=size=66x50,noise=alls=30', '-frames:v', '2'];
  await ffmpegText([...source, '-c:v', 'rawvideo', '-pix_fmt', format, film]);
  await ffmpegText(['-i', film, '-c', 'copy', '-f', 'rawvideo', before]);
  const opened = await openSource(film);
  assert.equal(opened.video.pixelFormat, format);
  const parts: Buffer[] = [];
  for await (const { planes } of await openFrameReader({ source: opened, startFrame: 0, endFrame: 2 })) {
    for (const { data } of planes) parts.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  }
  await writeFile(planar, Buffer.concat(parts));
  const raw = ['-f', 'rawvideo', '-s', '66x50'];
  const range = ['-vf', 'scale=in_range=full:out_range=full'];
  const isYuv = opened.video.planarFormat.model === 'yuv';
  await ffmpegText([
    ...[...raw, '-pix_fmt', decodePixelFormat(format), '-i', planar, ...(isYuv ? range : [])],
    ...['-pix_fmt', format, '-f', 'rawvideo', after],
  ]);
  assert.ok((await readFile(before)).equals(await readFile(after)), 'other bytes came back');
}

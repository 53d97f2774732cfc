import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VideoFrame } from '../../../../src/engine/media/frame.ts';
import { mapOfBox, sampleRgb, type SampleMap } from '../../../../src/engine/pixels/sample-rgb.ts';
import { frameOf, planarFormats, untagged } from '../../../support/planar-frames.ts';

const identity: SampleMap = { x0: 0, y0: 0, xx: 1, xy: 0, yx: 0, yy: 1 };

function pixel(frame: VideoFrame): number[] {
  const out = new Float32Array(3);
  sampleRgb({ frame, map: { ...identity, x0: 4, y0: 4 }, width: 1, height: 1, order: 'rgb', out });
  return [...out];
}

function assertClose(found: readonly number[], wanted: readonly number[], tolerance: number): void {
  wanted.forEach((value, i) =>
    assert.ok(Math.abs(found[i] - value) <= tolerance, `${found.join(' ')} not ${wanted.join(' ')}`),
  );
}

/** The sample values of primary colours as the standards' own tables give them. */
const known = [
  {
    name: 'BT.601 red',
    format: 'yuv420p',
    space: 'smpte170m',
    range: 'tv',
    yuv: [81, 90, 240],
    rgb: [1, 0, 0],
  },
  { name: 'BT.709 red', format: 'yuv422p', space: 'bt709', range: 'tv', yuv: [63, 102, 240], rgb: [1, 0, 0] },
  {
    name: 'BT.709 blue',
    format: 'yuv444p',
    space: 'bt709',
    range: 'tv',
    yuv: [32, 240, 118],
    rgb: [0, 0, 1],
  },
  {
    name: 'BT.709 green, 10 bit',
    format: 'yuv420p10le',
    space: 'bt709',
    range: 'tv',
    yuv: [690, 167, 105],
    rgb: [0, 1, 0],
  },
  { name: 'JPEG red', format: 'yuv444p', space: 'bt470bg', range: 'pc', yuv: [76, 85, 255], rgb: [1, 0, 0] },
  { name: 'black', format: 'yuv411p', space: 'unknown', range: 'tv', yuv: [16, 128, 128], rgb: [0, 0, 0] },
  {
    name: 'white',
    format: 'yuv420p',
    space: 'unknown',
    range: 'unknown',
    yuv: [235, 128, 128],
    rgb: [1, 1, 1],
  },
] as const;

for (const { name, format, space, range, yuv, rgb } of known) {
  test(`reads ${name}`, () => {
    const frame = frameOf({
      format: planarFormats[format],
      width: 16,
      height: 16,
      colour: { ...untagged, space, range },
      value: (plane) => yuv[plane],
    });
    assertClose(pixel(frame), rgb, 0.006);
  });
}

test('reads planar RGB and grey as they are', () => {
  const gbr = frameOf({ format: planarFormats.gbrp, width: 8, height: 8, value: (p) => [51, 102, 204][p] });
  assertClose(pixel(gbr), [0.8, 0.2, 0.4], 1e-6);
  const grey = frameOf({ format: planarFormats.gray, width: 8, height: 8, value: () => 51 });
  assertClose(pixel(grey), [0.2, 0.2, 0.2], 1e-6);
});

test('a shaded picture keeps its place in every subsampling, in luma and in chroma', () => {
  for (const format of [
    planarFormats.yuv444p,
    planarFormats.yuv422p,
    planarFormats.yuv420p10le,
    planarFormats.yuv411p,
  ]) {
    const unit = 2 ** (format.bitDepth - 8);
    const left = (x: number, shift: number): number => x * (1 << shift);
    const middle = (y: number, shift: number): number => (y + 0.5) * (1 << shift) - 0.5;
    const frame = frameOf({
      format,
      width: 64,
      height: 64,
      colour: { ...untagged, space: 'bt709', range: 'tv' },
      value: (plane, x, y) => {
        if (plane === 0) return unit * (60 + x + y);
        const px = left(x, format.chromaShiftX);
        const py = middle(y, format.chromaShiftY);
        return unit * (plane === 1 ? 128 + (px - 32) / 2 : 128 + (py - 32) / 2);
      },
    });
    const out = new Float32Array(3);
    const map = { ...identity, x0: 20.25, y0: 37.5 };
    sampleRgb({ frame, map, width: 1, height: 1, order: 'rgb', out });
    const y = (60 + 57.75 - 16) / 219;
    const cb = (20.25 - 32) / 2 / 224;
    const cr = (37.5 - 32) / 2 / 224;
    const red = y + 1.5748 * cr;
    const blue = y + 1.8556 * cb;
    const green = (y - 0.2126 * red - 0.0722 * blue) / 0.7152;
    assertClose([...out], [red, green, blue], 0.006);
  }
});

test('maps boxes as cv2.resize does: pixel centres, edges repeated, channels in the order asked', () => {
  const frame = frameOf({
    format: planarFormats.gbrp,
    width: 4,
    height: 2,
    value: (p, x) => p * 10 + x * 16,
  });
  const out = new Float32Array(1 + 3 * 2);
  const box = { x: 0, y: 0, width: 4, height: 2 };
  const size = { width: 2, height: 1 };
  sampleRgb({ frame, map: mapOfBox(box, size), ...size, order: 'bgr', out, offset: 1 });
  assertClose(
    [...out].map((value) => value * 255),
    [0, 18, 50, 8, 40, 28, 60],
    1e-3,
  );
  const wide = { width: 8, height: 1 };
  const stretched = new Float32Array(3 * 8);
  sampleRgb({ frame, map: mapOfBox(box, wide), ...wide, order: 'bgr', out: stretched });
  assertClose(
    [...stretched.subarray(8, 16)].map((value) => value * 255),
    [0, 4, 12, 20, 28, 36, 44, 48],
    1e-3,
  );
});

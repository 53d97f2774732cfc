import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  allPlanarFormats,
  decodePixelFormat,
  frameBytes,
  planarFormatNamed,
  planarTwin,
  planeSizes,
} from '../../../../src/engine/media/planar-formats.ts';

test('a planar format is its own twin', () => {
  for (const format of allPlanarFormats()) {
    assert.equal(planarTwin(format.name), format);
    assert.equal(planarFormatNamed(format.name), format);
    assert.equal(decodePixelFormat(format.name), format.name);
  }
});

test('packed, semi-planar and big-endian formats have the twin with the same samples', () => {
  const expected = {
    nv12: 'yuv420p',
    p010le: 'yuv420p10le',
    p010be: 'yuv420p10le',
    yuyv422: 'yuv422p',
    rgb24: 'gbrp',
    bgra: 'gbrap',
    rgb48be: 'gbrp16le',
    pal8: 'gbrap',
    yuv422p10be: 'yuv422p10le',
    gray16be: 'gray16le',
    yuvj444p: 'yuv444p',
  };
  for (const [name, twin] of Object.entries(expected)) assert.equal(planarTwin(name).name, twin, name);
});

test('full range stays full range on the way out of the decoder', () => {
  assert.equal(decodePixelFormat('yuvj420p'), 'yuvj420p');
});

test('a format of the future still gets one that loses nothing visible', () => {
  assert.equal(planarTwin('yuv555p77le').name, 'yuv444p16le');
  assert.equal(planarTwin('bayer_rggb16le').name, 'gbrp16le');
});

test('chroma of odd sizes is rounded up', () => {
  const sizes = planeSizes(planarTwin('yuv420p'), 127, 95);
  assert.deepEqual(sizes, [
    { width: 127, height: 95 },
    { width: 64, height: 48 },
    { width: 64, height: 48 },
  ]);
  assert.equal(frameBytes(planarTwin('yuv420p'), 127, 95), 127 * 95 + 2 * 64 * 48);
  assert.equal(frameBytes(planarTwin('yuva420p10le'), 4, 4), 2 * (16 + 4 + 4 + 16));
  assert.equal(frameBytes(planarTwin('yuv410p'), 9, 9), 81 + 2 * 9);
  assert.equal(frameBytes(planarTwin('gray'), 3, 5), 15);
});

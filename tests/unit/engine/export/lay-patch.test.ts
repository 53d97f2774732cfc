import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { layPatch } from '../../../../src/engine/export/lay-patch.ts';
import type { PlanarFormat, Plane, Samples, VideoFrame } from '../../../../src/engine/media/frame.ts';

const colour = { range: 'tv', space: 'bt709', primaries: 'bt709', transfer: 'bt709' };
const formats: readonly PlanarFormat[] = [
  { name: 'yuv420p', model: 'yuv', planeCount: 3, bitDepth: 8, chromaShiftX: 1, chromaShiftY: 1 },
  { name: 'yuva420p', model: 'yuv', planeCount: 4, bitDepth: 8, chromaShiftX: 1, chromaShiftY: 1 },
  { name: 'yuv422p10le', model: 'yuv', planeCount: 3, bitDepth: 10, chromaShiftX: 1, chromaShiftY: 0 },
  { name: 'gbrp', model: 'gbr', planeCount: 3, bitDepth: 8, chromaShiftX: 0, chromaShiftY: 0 },
  { name: 'gray', model: 'gray', planeCount: 1, bitDepth: 8, chromaShiftX: 0, chromaShiftY: 0 },
];

function shiftOf(format: PlanarFormat, plane: number): readonly [number, number] {
  const chroma = format.model === 'yuv' && (plane === 1 || plane === 2);
  return chroma ? [format.chromaShiftX, format.chromaShiftY] : [0, 0];
}

function planesOf(format: PlanarFormat, width: number, height: number, value: number): Plane[] {
  return Array.from({ length: format.planeCount }, (_, i) => {
    const [shiftX, shiftY] = shiftOf(format, i);
    const [w, h] = [(width + shiftX) >> shiftX, (height + shiftY) >> shiftY];
    const data: Samples = (format.bitDepth > 8 ? new Uint16Array(w * h) : new Uint8Array(w * h)).fill(
      value + i,
    );
    return { data, width: w, height: h };
  });
}

function frameOf(format: PlanarFormat, width: number, height: number): VideoFrame {
  return { index: 0, format, width, height, colour, planes: planesOf(format, width, height, 10) };
}

test('inside the box the patch, outside the frame, in every plane', () => {
  const place = fc.record({
    format: fc.constantFrom(...formats),
    x: fc.nat({ max: 10 }),
    y: fc.nat({ max: 8 }),
    width: fc.integer({ min: 1, max: 5 }),
    height: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(place, ({ format, ...half }) => {
      const box = { x: 2 * half.x, y: 2 * half.y, width: 2 * half.width, height: 2 * half.height };
      const frame = frameOf(format, 31, 27);
      layPatch(frame, { frameIndex: 0, box, planes: planesOf(format, box.width, box.height, 200) });
      frame.planes.forEach((plane, i) => {
        const [shiftX, shiftY] = shiftOf(format, i);
        plane.data.forEach((sample, at) => {
          const [x, y] = [(at % plane.width) << shiftX, Math.floor(at / plane.width) << shiftY];
          const inside = x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
          assert.equal(sample, (inside ? 200 : 10) + i);
        });
      });
    }),
  );
});

test('a patch that leaves the frame, the chroma grid or the format is refused and changes nothing', () => {
  const [format] = formats;
  assert.ok(format);
  const untouched = frameOf(format, 32, 32);
  const frame = frameOf(format, 32, 32);
  const tryBox = (x: number, y: number, width: number, height: number) =>
    assert.throws(
      () =>
        layPatch(frame, {
          frameIndex: 0,
          box: { x, y, width, height },
          planes: planesOf(format, width, height, 1),
        }),
      RangeError,
    );
  tryBox(24, 0, 10, 4);
  tryBox(0, 30, 4, 4);
  tryBox(-2, 0, 4, 4);
  tryBox(1, 0, 4, 4);
  tryBox(0, 0, 4, 3);
  const wide = { ...format, bitDepth: 10 };
  const box = { x: 0, y: 0, width: 4, height: 4 };
  assert.throws(() => layPatch(frame, { frameIndex: 0, box, planes: planesOf(wide, 4, 4, 1) }), RangeError);
  assert.deepEqual(frame, untouched);
});

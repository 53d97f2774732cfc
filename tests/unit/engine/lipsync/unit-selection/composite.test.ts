import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { referenceFace } from '../../../../../src/engine/faces/reference-face.ts';
import { fitColour } from '../../../../../src/engine/lipsync/unit-selection/colour-match.ts';
import { compositePatch } from '../../../../../src/engine/lipsync/unit-selection/composite.ts';
import {
  destinationMesh,
  poseDonor,
} from '../../../../../src/engine/lipsync/unit-selection/mouth-geometry.ts';
import { cropBox } from '../../../../../src/engine/lipsync/unit-selection/mouth-library.ts';
import { copyOfPlane } from '../../../../../src/engine/pixels/plane-geometry.ts';
import {
  buildWarpField,
  defaultMaskShape,
} from '../../../../../src/engine/lipsync/unit-selection/warp-field.ts';
import type { PlanarFormat, Plane, VideoFrame } from '../../../../../src/engine/media/frame.ts';
import { seededRandom } from '../../../../support/seeded-random.ts';

const size = 256;
const formats: readonly PlanarFormat[] = [
  { name: 'yuv420p', model: 'yuv', planeCount: 3, bitDepth: 8, chromaShiftX: 1, chromaShiftY: 1 },
  { name: 'yuv422p10le', model: 'yuv', planeCount: 3, bitDepth: 10, chromaShiftX: 1, chromaShiftY: 0 },
  { name: 'gray', model: 'gray', planeCount: 1, bitDepth: 8, chromaShiftX: 0, chromaShiftY: 0 },
];

/** A smooth texture with a little grain, brightness offset by `light`. */
function picture(format: PlanarFormat, light = 0, seed = 1): VideoFrame {
  const random = seededRandom(seed);
  const top = 2 ** format.bitDepth;
  const planes = Array.from({ length: format.planeCount }, (_, index): Plane => {
    const width = index === 0 ? size : size >> format.chromaShiftX;
    const height = index === 0 ? size : size >> format.chromaShiftY;
    const data = format.bitDepth > 8 ? new Uint16Array(width * height) : new Uint8Array(width * height);
    for (let i = 0; i < data.length; i++) {
      const x = (i % width) / width;
      const y = Math.floor(i / width) / height;
      const wave = 0.5 + 0.15 * Math.sin(9 * x + 2 * index) + 0.15 * Math.cos(7 * y);
      data[i] = Math.round(top * (wave + light) + 2 * random());
    }
    return { data, width, height };
  });
  const colour = { range: 'tv', space: 'bt709', primaries: 'bt709', transfer: 'bt709' };
  return { index: 0, format, width: size, height: size, planes, colour };
}

/** The reference face drawn into the picture, `jawDrop` lower at the lips and the chin. */
function faceAt(x: number, y: number, jawDrop = 0): Float32Array {
  const scale = 80;
  return referenceFace.map((value, i) => {
    const axis = i % 3;
    const height = referenceFace[i - axis + 1];
    const drop = axis === 1 && height > 0.83 ? jawDrop : 0;
    return value * scale + (axis === 0 ? x : axis === 1 ? y : 0) + drop;
  });
}

function renderOnto(
  target: VideoFrame,
  targetMesh: Float32Array,
  donor: VideoFrame,
  donorMesh: Float32Array,
) {
  const box = cropBox(donorMesh, donor, donor.format);
  assert.ok(box);
  const planes = donor.planes.map((plane, index) => {
    const sx = index === 0 ? 0 : donor.format.chromaShiftX;
    const sy = index === 0 ? 0 : donor.format.chromaShiftY;
    return copyOfPlane(plane, {
      x: box.x >> sx,
      y: box.y >> sy,
      width: box.width >> sx,
      height: box.height >> sy,
    });
  });
  const donors = [{ crop: { box, planes }, share: 1 }];
  const destination = destinationMesh(targetMesh, [{ mesh: poseDonor(donorMesh, targetMesh), share: 1 }]);
  const field = buildWarpField({
    frame: target,
    format: target.format,
    targetMesh,
    destination,
    donorMeshes: [donorMesh],
    shape: defaultMaskShape,
  });
  assert.ok(field);
  return { field, patch: compositePatch(target, donors, field, fitColour(target, donors, field)) };
}

describe('laying a mouth into a frame', () => {
  for (const format of formats) {
    it(`gives back the frame itself when the frame is its own donor (${format.name})`, () => {
      const frame = picture(format);
      const mesh = faceAt(128, 110);
      const { patch } = renderOnto(frame, mesh, frame, mesh);
      let worst = 0;
      patch.planes.forEach((plane, index) => {
        const { width } = frame.planes[index];
        const sx = index === 0 ? 0 : format.chromaShiftX;
        const sy = index === 0 ? 0 : format.chromaShiftY;
        for (let i = 0; i < plane.data.length; i++) {
          const x = (patch.box.x >> sx) + (i % plane.width);
          const y = (patch.box.y >> sy) + Math.floor(i / plane.width);
          worst = Math.max(worst, Math.abs(plane.data[i] - frame.planes[index].data[y * width + x]));
        }
      });
      assert.ok(worst <= 1, `largest difference ${worst}`);
    });
  }

  it('leaves every sample outside mask and skin warp as it was, bit for bit', () => {
    const target = picture(formats[0], 0, 2);
    const donor = picture(formats[0], 0.05, 3);
    const { field, patch } = renderOnto(target, faceAt(128, 110), donor, faceAt(120, 104, 6));
    const { columns, rows, step, mask, skinX, skinY } = field;
    let untouched = 0;
    const isActive = (node: number): boolean => mask[node] > 0 || skinX[node] !== 0 || skinY[node] !== 0;
    for (let i = 0; i < patch.planes[0].data.length; i++) {
      const x = i % patch.box.width;
      const y = Math.floor(i / patch.box.width);
      const node = Math.floor(y / step) * columns + Math.floor(x / step);
      if (
        [node, node + 1, node + columns, node + columns + 1].some((at) => at < columns * rows && isActive(at))
      )
        continue;
      untouched++;
      assert.equal(
        patch.planes[0].data[i],
        target.planes[0].data[(patch.box.y + y) * size + patch.box.x + x],
      );
    }
    assert.ok(untouched > 100, `${untouched} samples outside`);
  });

  it("takes on the target's light: a darker donor leaves no dark patch", () => {
    const target = picture(formats[0], 0.1, 2);
    const donor = picture(formats[0], -0.1, 2);
    const { patch } = renderOnto(target, faceAt(128, 110), donor, faceAt(128, 110));
    let difference = 0;
    for (let i = 0; i < patch.planes[0].data.length; i++) {
      const x = patch.box.x + (i % patch.box.width);
      const y = patch.box.y + Math.floor(i / patch.box.width);
      difference += patch.planes[0].data[i] - target.planes[0].data[y * size + x];
    }
    assert.ok(Math.abs(difference / patch.planes[0].data.length) < 0.5);
  });
});

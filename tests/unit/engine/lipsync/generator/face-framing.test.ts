import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  detectorBoxOf,
  FaceTrail,
  ffhqSquareOf,
} from '../../../../../src/engine/lipsync/generator/face-framing.ts';
import { lowerFaceOf } from '../../../../../src/engine/lipsync/generator/lower-face-mask.ts';
import { chinPoint, lipsOuter, noseBridgePoint } from '../../../../../src/engine/faces/mesh-points.ts';
import { madeUpFaces, meshAt, type FacePlace } from '../../../../support/made-up-scene.ts';
import { frameOf, planarFormats } from '../../../../support/planar-frames.ts';

const size = { width: 320, height: 240 };
const place: FacePlace = { x: 160, y: 90, eyes: 60 };

test('the box holds the whole mesh with room under the chin', () => {
  const mesh = meshAt(place);
  const box = detectorBoxOf(mesh);
  const chinY = mesh[chinPoint * 3 + 1];
  assert.ok(box.y + box.height > chinY + 0.03 * box.height);
  assert.ok(box.y + box.height < chinY + 0.08 * box.height);
  for (let i = 0; i < mesh.length; i += 3) assert.ok(mesh[i] >= box.x && mesh[i] <= box.x + box.width);
});

test('the FFHQ square has the eyes and mouth where that alignment puts them', () => {
  const mesh = meshAt(place);
  const square = ffhqSquareOf(mesh);
  assert.equal(square.width, square.height);
  const share = (point: number): number => (mesh[point * 3 + 1] - square.y) / square.height;
  const mouth = lipsOuter.reduce((sum, point) => sum + share(point), 0) / lipsOuter.length;
  assert.ok(Math.abs(mouth - 0.725) < 0.06, `${mouth}`);
  assert.ok(Math.abs((mesh[noseBridgePoint * 3] - square.x) / square.width - 0.5) < 0.02);
});

test('the box is steadied within a track and never across a cut', () => {
  const jitter = [0, 3, -2, 4, -3, 1, -4, 2, 0, 0];
  const faces = madeUpFaces(size, 10, (frame) => ({
    ...place,
    x: frame < 5 ? 100 + jitter[frame] : 220 + jitter[frame],
    trackId: frame < 5 ? 1 : 2,
  }));
  const trail = new FaceTrail(faces, 1, 'detector-box');
  const centres = jitter.map((_, frame) => {
    const view = trail.at(frame);
    assert.ok(view);
    return view.box.x + view.box.width / 2;
  });
  const own = centres.map((_, frame) => {
    const box = detectorBoxOf(meshAt({ ...place, x: (frame < 5 ? 100 : 220) + jitter[frame] }));
    return box.x + box.width / 2;
  });
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  assert.ok(Math.abs(centres[2] - mean(own.slice(0, 5))) < 1e-3);
  assert.ok(Math.abs(centres[4] - mean(own.slice(2, 5))) < 1e-3);
  assert.ok(Math.abs(centres[5] - mean(own.slice(5, 8))) < 1e-3);
});

test('gaps give nothing, hidden mouths fade out, meshes that are no numbers are not used', () => {
  const faces = madeUpFaces(size, 6, (frame) => {
    if (frame === 1) return null;
    if (frame === 4) return { ...place, x: Number.NaN };
    return { ...place, mouthVisibility: [1, 1, 0.3, 0.1, 1, 1][frame] };
  });
  const trail = new FaceTrail(faces, 1, 'detector-box');
  const views = [0, 1, 2, 3, 4, 5].map((frame) => trail.at(frame));
  assert.deepEqual(
    views.map((view) => view !== null),
    [true, false, true, false, false, true],
  );
  assert.ok((views[2]?.strength ?? 0) > 0 && (views[2]?.strength ?? 1) < 1);
  assert.ok(Number.isFinite(views[5]?.box.x));
  assert.equal(new FaceTrail(faces, 2, 'detector-box').at(0), null);
});

test('few meshes are read: each once, and a step ahead', () => {
  const faces = madeUpFaces(size, 100, () => place);
  const trail = new FaceTrail(faces, 1, 'detector-box');
  for (let frame = 0; frame < 100; frame++) trail.at(frame);
  assert.ok(faces.reads() <= 205, `${faces.reads()}`);
});

test('the mask holds lips and chin wholly and leaves the nose, the eyes and the picture around alone', () => {
  const faces = madeUpFaces(size, 1, () => place);
  const view = new FaceTrail(faces, 1, 'detector-box').at(0);
  assert.ok(view);
  const frame = frameOf({ format: planarFormats.yuv420p, ...size, value: () => 100 });
  const face = lowerFaceOf(frame, view);
  assert.ok(face);
  const { box, values } = face.mask;
  assert.deepEqual([box.x % 2, box.y % 2, box.width % 2, box.height % 2], [0, 0, 0, 0]);
  const at = (point: number, field = values): number => {
    const x = Math.round(view.mesh[point * 3]) - box.x;
    const y = Math.round(view.mesh[point * 3 + 1]) - box.y;
    return x < 0 || y < 0 || x >= box.width || y >= box.height ? 0 : field[y * box.width + x];
  };
  for (const point of lipsOuter) assert.ok(at(point) > 0.8, `lip point ${point}: ${at(point)}`);
  for (const point of lipsOuter) assert.ok(at(point, face.mouth) > 0.3, `mouth point ${point}`);
  for (const point of [1, 4, 168, 33, 263, 10, 234, 454]) assert.equal(at(point), 0, `point ${point}`);
  const edge = (x: number, y: number): number => values[y * box.width + x];
  for (let x = 0; x < box.width; x++) assert.ok(edge(x, 0) < 0.05 && edge(x, box.height - 1) < 0.05);
  for (let y = 0; y < box.height; y++) assert.ok(edge(0, y) < 0.05 && edge(box.width - 1, y) < 0.05);
});

test('a face that leaves the picture leaves a smaller mask, then none', () => {
  const frame = frameOf({ format: planarFormats.yuv420p, ...size, value: () => 100 });
  const maskAt = (y: number) => {
    const view = new FaceTrail(
      madeUpFaces(size, 1, () => ({ ...place, y })),
      1,
      'detector-box',
    ).at(0);
    return view === null ? null : lowerFaceOf(frame, view);
  };
  const inside = maskAt(90);
  const half = maskAt(175);
  assert.ok(inside && half);
  assert.ok(half.mask.box.height < inside.mask.box.height);
  assert.ok(half.mask.box.y + half.mask.box.height <= size.height);
  assert.equal(maskAt(400), null);
});

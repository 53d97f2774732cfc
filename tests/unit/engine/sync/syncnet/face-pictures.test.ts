import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BoxTrail } from '../../../../../src/engine/sync/syncnet/box-trail.ts';
import {
  cropBoxOf,
  cropFace,
  cropSide,
  cropValues,
} from '../../../../../src/engine/sync/syncnet/face-crop.ts';
import { stretchesOf } from '../../../../../src/engine/sync/syncnet/face-stretches.ts';
import { FilmGrid } from '../../../../../src/engine/sync/syncnet/film-grid.ts';
import { buildTable } from '../../../../../src/engine/media/presentation-table.ts';
import { frameOf, planarFormats } from '../../../../support/planar-frames.ts';
import { facesWithin, goldenBox, goldenFilm, goldenFrame } from '../../../../support/syncnet-film.ts';

interface Reference {
  readonly squares: readonly (readonly [index: number, x: number, y: number, size: number])[];
  readonly crops: readonly { readonly index: number; readonly values: string }[];
}

const reference = JSON.parse(
  readFileSync(new URL('../../../../fixtures/syncnet-film.json', import.meta.url), 'utf8'),
) as Reference;
const gridCount = Math.ceil((goldenFilm.frameCount * 25) / goldenFilm.fps);
const table = buildTable({
  stamps: Array.from({ length: goldenFilm.frameCount }, (_, i) => i),
  timeBase: { num: 1, den: goldenFilm.fps },
  startTicks: 0,
  lastDuration: 1,
});
const grid = new FilmGrid(table);

test('boxes are filled and smoothed as interp1d and medfilt do', () => {
  const trail = new BoxTrail(gridCount, (g) => goldenBox(grid.sourceFrameOf(g)));
  const squares = Array.from({ length: gridCount }, (_, g) => trail.at(g));
  for (const [index, x, y, size] of reference.squares) {
    const ours = squares[index];
    // The reference counts from the first pixel's corner, and zeros beyond the ends are zeros in both.
    assert.ok(Math.abs(ours.x + 0.5 - x) < 1e-9, `x of ${index}`);
    assert.ok(Math.abs(ours.y + 0.5 - y) < 1e-9, `y of ${index}`);
    assert.ok(Math.abs(ours.size - size) < 1e-9, `size of ${index}`);
  }
});

test('crops are those of numpy and cv2, padding and all', () => {
  const trail = new BoxTrail(gridCount, (g) => goldenBox(grid.sourceFrameOf(g)));
  const wanted = new Map(reference.crops.map(({ index, values }) => [index, Buffer.from(values, 'base64')]));
  const out = new Uint8Array(cropValues);
  let padded = 0;
  for (let g = 0; g < gridCount; g++) {
    const square = trail.at(g);
    const values = wanted.get(g);
    if (values === undefined) continue;
    const frame = goldenFrame(grid.sourceFrameOf(g));
    cropFace(frame, cropBoxOf(square, frame), out);
    let sum = 0;
    for (const [i, expected] of values.entries()) {
      const difference = Math.abs(out[i * 37] - expected);
      // cv2 rounds its weights to 11 bits; at the crop's own edge it repeats pixels where we look one further.
      const inPlane = (i * 37) % (cropSide * cropSide);
      const isEdge = [inPlane % cropSide, Math.floor(inPlane / cropSide)].some((at) => at < 2 || at > 221);
      assert.ok(difference <= (isEdge ? 4 : 1), `frame ${g}, value ${i}: ${out[i * 37]}, not ${expected}`);
      sum += difference;
      if (expected === 110) padded++;
    }
    assert.ok(sum / values.length < 0.2, `${sum / values.length}`);
  }
  assert.ok(padded > 600, 'some of it must lie beyond the picture');
});

test('YUV of any depth gives the same picture as RGB', () => {
  const square = { x: 60, y: 50, size: 30 };
  const pictures = [planarFormats.yuv444p, planarFormats.yuv420p10le, planarFormats.gray].map((format) => {
    const unit = 2 ** (format.bitDepth - 8);
    const colour = { range: 'tv', space: 'bt709', primaries: 'bt709', transfer: 'bt709' };
    const value = (plane: number, x: number): number => (plane === 0 ? 16 + 219 * (x / 119) : 128) * unit;
    const frame = frameOf({ format, width: 120, height: 100, colour, value });
    const out = new Uint8Array(cropValues);
    cropFace(frame, cropBoxOf(square, frame), out);
    return out;
  });
  for (const picture of pictures) {
    const [left, middle, right] = [0, 112, 223].map((x) => picture[100 * cropSide + x]);
    assert.ok(left < middle && middle < right);
    picture.forEach((value, i) => assert.ok(Math.abs(value - pictures[0][i]) <= 2));
  }
});

test('a face far outside the picture is all padding, never an error', () => {
  const frame = goldenFrame(0);
  const out = new Uint8Array(cropValues);
  for (const [x, y] of [
    [-500, 50],
    [900, 50],
    [100, -400],
    [100, 900],
  ]) {
    cropFace(frame, cropBoxOf({ x, y, size: 40 }, frame), out);
    assert.ok(out.every((value) => value >= 0));
  }
  cropFace(frame, cropBoxOf({ x: 900, y: 50, size: 40 }, frame), out);
  assert.ok(out.filter((value) => value === 110).length > cropValues * 0.95);
});

const box = { left: 10, top: 10, right: 130, bottom: 150 };
const film = { width: 200, height: 200, frameCount: 400 };
const usual = new FilmGrid(
  buildTable({
    stamps: Array.from({ length: film.frameCount }, (_, i) => i),
    timeBase: { num: 1, den: 25 },
    startTicks: 0,
    lastDuration: 1,
  }),
);

test('stretches: more than 100 detections, gaps of up to a second', () => {
  const stretches = (isSeen: (frame: number) => boolean): readonly (readonly [number, number])[] => {
    const faces = facesWithin(film, [(frame) => (isSeen(frame) ? box : null)]);
    return stretchesOf(faces.index.tracks[0], faces, usual).map(({ startGrid, endGrid }) => [
      startGrid,
      endGrid,
    ]);
  };
  assert.deepEqual(
    stretches((frame) => frame < 100),
    [],
  );
  assert.deepEqual(
    stretches((frame) => frame < 101),
    [[0, 101]],
  );
  assert.deepEqual(
    stretches((frame) => frame < 80 || frame >= 104),
    [[0, 400]],
  );
  assert.deepEqual(
    stretches((frame) => (frame >= 3 && frame < 110) || frame >= 135),
    [
      [3, 110],
      [135, 400],
    ],
  );
});

test('a face’s size is the mean of its larger side', () => {
  const faces = facesWithin(film, [() => box]);
  const [stretch] = stretchesOf(faces.index.tracks[0], faces, usual);
  assert.deepEqual([stretch.meanSize, stretch.detections], [140, 400]);
});

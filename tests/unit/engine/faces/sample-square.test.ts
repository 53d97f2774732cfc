import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rgbFormulaFor } from '../../../../src/engine/faces/frame-to-rgb.ts';
import { SquareSampler, squareToFrame, type Square } from '../../../../src/engine/faces/sample-square.ts';
import type { PlanarFormat, Plane, VideoFrame } from '../../../../src/engine/media/frame.ts';

type Picture = (x: number, y: number) => readonly [red: number, green: number, blue: number];

interface Film {
  readonly name: string;
  readonly bitDepth?: number;
  readonly model?: PlanarFormat['model'];
  readonly shifts?: readonly [0 | 1 | 2, 0 | 1 | 2];
  readonly range?: string;
  readonly space?: string;
  readonly size?: readonly [number, number];
}

/** Encodes a picture given as RGB 0..1 the way a film of this format stores it (exact matrices of BT.601 and BT.709). */
function filmFrame(film: Film, picture: Picture): VideoFrame {
  const {
    name,
    bitDepth = 8,
    model = 'yuv',
    shifts = [1, 1],
    range = 'tv',
    space = 'bt709',
    size = [64, 48],
  } = film;
  const [width, height] = size;
  const [kr, kb] = space === 'bt709' ? [0.2126, 0.0722] : [0.299, 0.114];
  const step = 2 ** (bitDepth - 8);
  const peak = 2 ** bitDepth - 1;
  const luma = (value: number): number => (range === 'pc' ? value * peak : (16 + 219 * value) * step);
  const chroma = (value: number): number =>
    2 ** (bitDepth - 1) + (range === 'pc' ? value * peak : value * 224 * step);
  const plane = (shiftX: number, shiftY: number, sample: (rgb: ReturnType<Picture>) => number): Plane => {
    const [w, h] = [Math.ceil(width / 2 ** shiftX), Math.ceil(height / 2 ** shiftY)];
    const data = bitDepth > 8 ? new Uint16Array(w * h) : new Uint8Array(w * h);
    for (let y = 0; y < h; y += 1)
      for (let x = 0; x < w; x += 1) {
        const rgb = picture((x + 0.5) * 2 ** shiftX, (y + 0.5) * 2 ** shiftY);
        data[y * w + x] = Math.min(peak, Math.max(0, Math.round(sample(rgb))));
      }
    return { data, width: w, height: h };
  };
  const yOf = ([r, g, b]: ReturnType<Picture>): number => kr * r + (1 - kr - kb) * g + kb * b;
  const planes =
    model === 'gray'
      ? [plane(0, 0, (rgb) => luma(yOf(rgb)))]
      : model === 'gbr'
        ? [1, 2, 0].map((i) => plane(0, 0, (rgb) => luma(rgb[i])))
        : [
            plane(0, 0, (rgb) => luma(yOf(rgb))),
            plane(shifts[0], shifts[1], (rgb) => chroma((rgb[2] - yOf(rgb)) / (2 * (1 - kb)))),
            plane(shifts[0], shifts[1], (rgb) => chroma((rgb[0] - yOf(rgb)) / (2 * (1 - kr)))),
          ];
  return {
    index: 0,
    width,
    height,
    format: {
      name,
      model,
      planeCount: planes.length === 1 ? 1 : 3,
      bitDepth,
      chromaShiftX: shifts[0],
      chromaShiftY: shifts[1],
    },
    planes,
    colour: { range, space, primaries: 'unknown', transfer: 'unknown' },
  };
}

const films: readonly Film[] = [
  { name: 'yuv420p' },
  { name: 'yuv420p', space: 'smpte170m' },
  { name: 'yuvj420p', range: 'pc' },
  { name: 'yuv422p10le', bitDepth: 10, shifts: [1, 0] },
  { name: 'yuv444p12le', bitDepth: 12, shifts: [0, 0], range: 'pc' },
  { name: 'yuv411p', shifts: [2, 0] },
  { name: 'gbrp', model: 'gbr', shifts: [0, 0], range: 'pc' },
  { name: 'gbrp10le', model: 'gbr', shifts: [0, 0], range: 'pc', bitDepth: 10 },
];
const plainFormat = { side: 16, low: 0, high: 1, outside: 'edge' } as const;

function channels(sampler: SquareSampler, frame: VideoFrame, square: Square): Float32Array[] {
  const count = sampler.format.side ** 2;
  const out = sampler.sample(frame, square, new Float32Array(3 * count));
  return [0, 1, 2].map((i) => out.subarray(i * count, (i + 1) * count));
}

test('every format, range, matrix and depth gives back the colour that was stored', () => {
  const colour = [0.8, 0.35, 0.15] as const;
  for (const film of films) {
    const frame = filmFrame(film, () => colour);
    const found = channels(new SquareSampler(plainFormat), frame, {
      centreX: 30,
      centreY: 20,
      size: 20,
      angle: 0.3,
    });
    found.forEach((channel, i) =>
      channel.forEach((value) =>
        assert.ok(Math.abs(value - colour[i]) < 0.012, `${film.name} ${i}: ${value}`),
      ),
    );
  }
});

test('a grey picture has three equal channels', () => {
  const frame = filmFrame({ name: 'gray', model: 'gray', range: 'pc' }, () => [0.5, 0.5, 0.5]);
  const [red, green, blue] = channels(new SquareSampler(plainFormat), frame, {
    centreX: 30,
    centreY: 20,
    size: 20,
    angle: 0,
  });
  assert.deepEqual(red, green);
  assert.deepEqual(red, blue);
  assert.ok(Math.abs(red[0] - 0.5) < 0.005);
});

test('an untagged film is BT.601 when small and BT.709 when large, limited unless its format says otherwise', () => {
  const tags = { range: 'unknown', space: 'unknown', primaries: 'unknown', transfer: 'unknown' };
  const format = filmFrame({ name: 'yuv420p' }, () => [0, 0, 0]).format;
  const small = rgbFormulaFor({ colour: tags, format, width: 720, height: 576 });
  const large = rgbFormulaFor({ colour: tags, format, width: 1280, height: 720 });
  assert.ok(Math.abs(small.redFromV / small.luma - 1.402 * (219 / 224)) < 1e-3);
  assert.ok(Math.abs(large.redFromV / large.luma - 1.5748 * (219 / 224)) < 1e-3);
  assert.equal(small.black, 16);
  assert.equal(
    rgbFormulaFor({ colour: tags, format: { ...format, name: 'yuvj420p' }, width: 8, height: 8 }).black,
    0,
  );
});

test('a straight ramp is read exactly wherever the square lies, however it is turned, enlarged or shrunk', () => {
  const ramp: Picture = (x, y) => {
    const value = 0.1 + x / 300 + y / 400;
    return [value, value, value];
  };
  // Twelve bits, so that rounding of the stored samples is far below what is tested.
  const frame = filmFrame({ name: 'yuv444p12le', bitDepth: 12, shifts: [0, 0], size: [128, 128] }, ramp);
  const sampler = new SquareSampler(plainFormat);
  fc.assert(
    fc.property(
      fc.double({ min: 50, max: 78, noNaN: true }),
      fc.double({ min: 50, max: 78, noNaN: true }),
      fc.double({ min: 4, max: 68, noNaN: true }),
      fc.double({ min: -3.1, max: 3.1, noNaN: true }),
      (centreX, centreY, size, angle) => {
        const square = { centreX, centreY, size, angle };
        const [red] = channels(sampler, frame, square);
        for (let row = 0; row < 16; row += 1)
          for (let column = 0; column < 16; column += 1) {
            const [x, y] = squareToFrame(square, 16, column + 0.5, row + 0.5);
            assert.ok(Math.abs(red[row * 16 + column] - ramp(x, y)[0]) < 0.002);
          }
      },
    ),
  );
});

test('shrinking averages fine texture away in place of picking from it', () => {
  const stripes: Picture = (x) => (Math.floor(x) % 2 === 0 ? [1, 1, 1] : [0, 0, 0]);
  const frame = filmFrame({ name: 'yuv420p', size: [128, 128] }, stripes);
  for (const size of [64, 96, 120]) {
    const [red] = channels(new SquareSampler(plainFormat), frame, {
      centreX: 64,
      centreY: 64,
      size,
      angle: 0,
    });
    red.forEach((value) => assert.ok(Math.abs(value - 0.5) < 0.26, `${size}: ${value}`));
  }
});

test('outside the picture lie its last pixels, or black where that is wanted; odd sizes hold', () => {
  const frame = filmFrame({ name: 'yuv420p', size: [33, 21] }, () => [0.6, 0.6, 0.6]);
  const square = { centreX: 0, centreY: 0, size: 64, angle: 0 };
  const [edge] = channels(new SquareSampler(plainFormat), frame, square);
  edge.forEach((value) => assert.ok(Math.abs(value - 0.6) < 0.01));
  const black = channels(new SquareSampler({ side: 16, low: -1, high: 1, outside: 'black' }), frame, square);
  for (const channel of black) {
    assert.equal(channel[0], -1);
    assert.ok(Math.abs(channel[8 * 16 + 8] - 0.2) < 0.02);
    assert.equal(channel[15 * 16 + 15], -1);
  }
});

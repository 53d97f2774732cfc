import type { Plane, Samples } from '../../media/frame.ts';

/** Rows of samples of any kind. */
export interface Raster {
  readonly data: Samples | Float32Array;
  readonly width: number;
  readonly height: number;
}

const fractionSteps = 256;

/**
 * Cubic convolution weights for 256 sub-pixel positions (Keys 1981, "Cubic convolution interpolation for digital image
 * processing"). Keys's own a = -1/2 still softens what lies between samples; a steeper kernel gives back as much detail
 * as the shift takes, so that a borrowed mouth has the grain of the skin around it.
 */
const steepness = -0.8;
const cubicWeights = ((): Float32Array => {
  const a = steepness;
  const near = (s: number): number => ((a + 2) * s - (a + 3)) * s * s + 1;
  const far = (s: number): number => ((a * s - 5 * a) * s + 8 * a) * s - 4 * a;
  const table = new Float32Array((fractionSteps + 1) * 4);
  for (let i = 0; i <= fractionSteps; i++) {
    const t = i / fractionSteps;
    table.set([far(1 + t), near(t), near(1 - t), far(2 - t)], 4 * i);
  }
  return table;
})();

/** Sample of a plane at a fractional position (pixel centres at whole numbers), cubic; edges repeat. */
export function sampleCubic(plane: Plane, x: number, y: number): number {
  const { data, width, height } = plane;
  if (!(x >= 1 && y >= 1 && x < width - 2 && y < height - 2)) return sampleLinear(plane, x, y);
  // Positions are positive here, so cutting off the fraction is rounding down; it is cheaper than Math.floor.
  const left = x | 0;
  const top = y | 0;
  const wx = 4 * (((x - left) * fractionSteps + 0.5) | 0);
  const wy = 4 * (((y - top) * fractionSteps + 0.5) | 0);
  const a = cubicWeights[wx];
  const b = cubicWeights[wx + 1];
  const c = cubicWeights[wx + 2];
  const d = cubicWeights[wx + 3];
  let at = (top - 1) * width + left - 1;
  let sum = cubicWeights[wy] * (a * data[at] + b * data[at + 1] + c * data[at + 2] + d * data[at + 3]);
  at += width;
  sum += cubicWeights[wy + 1] * (a * data[at] + b * data[at + 1] + c * data[at + 2] + d * data[at + 3]);
  at += width;
  sum += cubicWeights[wy + 2] * (a * data[at] + b * data[at + 1] + c * data[at + 2] + d * data[at + 3]);
  at += width;
  return sum + cubicWeights[wy + 3] * (a * data[at] + b * data[at + 1] + c * data[at + 2] + d * data[at + 3]);
}

/** Sample of a plane at a fractional position, bilinear; edges repeat. */
export function sampleLinear(plane: Raster, x: number, y: number): number {
  const { data, width, height } = plane;
  const cx = x < 0 ? 0 : x > width - 1 ? width - 1 : x;
  const cy = y < 0 ? 0 : y > height - 1 ? height - 1 : y;
  const left = cx | 0;
  const top = cy | 0;
  const right = left + 1 < width ? left + 1 : left;
  const below = top + 1 < height ? width : 0;
  const fx = cx - left;
  const fy = cy - top;
  const row = top * width;
  const upper = data[row + left] * (1 - fx) + data[row + right] * fx;
  const lower = data[row + below + left] * (1 - fx) + data[row + below + right] * fx;
  return upper * (1 - fy) + lower * fy;
}

/** A small picture that is to be seen larger: row-major values, one channel. */
export interface Grid {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Which part of the enlarged picture is wanted. */
export interface UpsampleRequest {
  readonly grid: Grid;
  /** Position in the grid of the output's first pixel, and distance between output pixels, in grid pixels. */
  readonly x0: number;
  readonly y0: number;
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
}

interface Taps {
  /** First of four grid positions per output position, not yet clamped. */
  readonly first: Int32Array;
  /** Four weights per output position. */
  readonly weights: Float32Array;
}

/** Catmull-Rom's weights (Keys, "Cubic convolution interpolation", IEEE TASSP 29, 1981, a = -1/2). */
function tapsOf(start: number, step: number, count: number): Taps {
  const first = new Int32Array(count);
  const weights = new Float32Array(count * 4);
  for (let i = 0; i < count; i++) {
    const at = start + i * step;
    const base = Math.floor(at);
    const t = at - base;
    first[i] = base - 1;
    weights[i * 4] = ((2 - t) * t - 1) * t * 0.5;
    weights[i * 4 + 1] = ((3 * t - 5) * t * t + 2) * 0.5;
    weights[i * 4 + 2] = ((4 - 3 * t) * t + 1) * t * 0.5;
    weights[i * 4 + 3] = (t - 1) * t * t * 0.5;
  }
  return { first, weights };
}

/**
 * Enlarges a part of a grid by Catmull-Rom interpolation, rows and columns apart; beyond the grid's edge its last
 * values go on. Shrinking is allowed but does not average.
 */
export function upsample({ grid, x0, y0, stepX, stepY, width, height }: UpsampleRequest): Float32Array {
  const across = tapsOf(x0, stepX, width);
  const down = tapsOf(y0, stepY, height);
  const clampRow = (row: number): number => Math.min(grid.height - 1, Math.max(0, row));
  const firstRow = clampRow(down.first[0]);
  const lastRow = clampRow(down.first[height - 1] + 3);
  const wide = new Float32Array((lastRow - firstRow + 1) * width);
  for (let row = firstRow; row <= lastRow; row++) {
    stretchRow(grid, row, across, wide.subarray((row - firstRow) * width, (row - firstRow + 1) * width));
  }
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const [a, b, c, d] = [0, 1, 2, 3].map((k) => (clampRow(down.first[y] + k) - firstRow) * width);
    const wa = down.weights[y * 4];
    const wb = down.weights[y * 4 + 1];
    const wc = down.weights[y * 4 + 2];
    const wd = down.weights[y * 4 + 3];
    const to = y * width;
    for (let x = 0; x < width; x++) {
      out[to + x] = wa * wide[a + x] + wb * wide[b + x] + wc * wide[c + x] + wd * wide[d + x];
    }
  }
  return out;
}

function stretchRow(grid: Grid, row: number, { first, weights }: Taps, out: Float32Array): void {
  const { values, width } = grid;
  const start = row * width;
  const last = width - 1;
  for (let x = 0; x < out.length; x++) {
    const at = first[x];
    const w = x * 4;
    if (at >= 0 && at + 3 <= last) {
      const from = start + at;
      out[x] =
        weights[w] * values[from] +
        weights[w + 1] * values[from + 1] +
        weights[w + 2] * values[from + 2] +
        weights[w + 3] * values[from + 3];
      continue;
    }
    let sum = 0;
    for (let k = 0; k < 4; k++) sum += weights[w + k] * values[start + Math.min(last, Math.max(0, at + k))];
    out[x] = sum;
  }
}

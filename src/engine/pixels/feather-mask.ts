import type { PixelBox } from '../media/frame.ts';

/** A mask over part of a picture: one value per luma pixel of `box`, 0 (untouched) to 1 (replaced). */
export interface Mask {
  readonly box: PixelBox;
  readonly values: Float32Array;
}

/** What `featheredPolygon` draws. */
export interface PolygonRequest {
  /** Corners in pixels of the picture, x and y in turn; a pixel's centre lies at whole numbers. Closed by itself. */
  readonly corners: ArrayLike<number>;
  readonly box: PixelBox;
  /** Width of the soft edge, which lies inside the polygon; 0 leaves the plain antialiased shape. */
  readonly featherPx: number;
}

/** Sub-rows per pixel row while a polygon is filled. */
const subRows = 4;
/** Wide feathers are drawn on a coarser grid, where they are still this many steps wide. */
const coarseFeather = 4;

/**
 * Draws a polygon (even-odd rule) whose edge fades inwards: 0 at and outside the outline, 1 from `featherPx` on. Three
 * box blurs stand in for a Gaussian, and only the half of the slope that lies inside is kept. Pixels beyond the box
 * count as outside, so that a polygon cut by the box fades there too.
 *
 * A feather of 8 pixels and more is drawn on every second, third … pixel and filled in between, which costs little
 * however large the picture is; it may then reach past the outline by less than one such step.
 */
export function featheredPolygon({ corners, box, featherPx }: PolygonRequest): Mask {
  const step = Math.max(1, Math.floor(featherPx / coarseFeather));
  const grid = {
    width: step === 1 ? box.width : Math.ceil(box.width / step) + 1,
    height: step === 1 ? box.height : Math.ceil(box.height / step) + 1,
  };
  const values = new Float32Array(grid.width * grid.height);
  const onGrid = Float64Array.from(corners, (at, i) => (at - (i % 2 === 0 ? box.x : box.y)) / step);
  fillPolygon(onGrid, grid, values);
  const radius = Math.round(featherPx / step / 3);
  if (radius >= 1) {
    const shape = values.slice();
    for (let pass = 0; pass < 3; pass++) boxBlur(values, { ...grid, radius });
    for (let i = 0; i < values.length; i++) {
      const inner = values[i] <= 0.5 || shape[i] === 0 ? 0 : Math.min(1, values[i] * 2 - 1);
      values[i] = inner * inner * (3 - 2 * inner);
    }
  }
  return { box, values: step === 1 ? values : fillBetween(values, grid, { box, step }) };
}

/** Bilinear values between the nodes of a coarse grid; node (0, 0) lies on the box's first pixel. */
function fillBetween(
  nodes: Float32Array,
  grid: { readonly width: number },
  { box, step }: { readonly box: PixelBox; readonly step: number },
): Float32Array {
  const out = new Float32Array(box.width * box.height);
  const line = new Float32Array(grid.width);
  for (let y = 0; y < box.height; y++) {
    const upper = Math.floor(y / step) * grid.width;
    const share = (y % step) / step;
    for (let i = 0; i < grid.width; i++) {
      const value = nodes[upper + i];
      line[i] = value + (nodes[upper + grid.width + i] - value) * share;
    }
    const to = y * box.width;
    for (let node = 0, x = 0; x < box.width; node++) {
      const value = line[node];
      const slope = (line[node + 1] - value) / step;
      const end = Math.min(box.width, x + step);
      for (let k = 0; x < end; k++, x++) out[to + x] = value + slope * k;
    }
  }
  return out;
}

/** Adds the share of each pixel that lies inside the polygon. */
function fillPolygon(
  corners: Float64Array,
  size: { readonly width: number; readonly height: number },
  values: Float32Array,
): void {
  const crossings: number[] = [];
  for (let sub = 0; sub < size.height * subRows; sub++) {
    const y = (sub + 0.5) / subRows - 0.5;
    crossings.length = 0;
    for (let i = 0; i < corners.length; i += 2) {
      const j = (i + 2) % corners.length;
      const [y1, y2] = [corners[i + 1], corners[j + 1]];
      if (y1 <= y === y2 <= y) continue;
      crossings.push(corners[i] + ((y - y1) / (y2 - y1)) * (corners[j] - corners[i]));
    }
    crossings.sort((a, b) => a - b);
    const row = Math.floor(sub / subRows) * size.width;
    for (let k = 0; k + 1 < crossings.length; k += 2) {
      fillSpan(values, { row, width: size.width, from: crossings[k] + 0.5, to: crossings[k + 1] + 0.5 });
    }
  }
}

/** `from` and `to` are edges in pixels from the row's left border. */
function fillSpan(
  values: Float32Array,
  { row, width, from, to }: { row: number; width: number; from: number; to: number },
): void {
  const left = Math.max(0, from);
  const right = Math.min(width, to);
  if (right <= left) return;
  const weight = 1 / subRows;
  const first = Math.floor(left);
  const last = Math.min(width - 1, Math.floor(right));
  for (let x = first; x <= last; x++) {
    const covered = Math.min(right, x + 1) - Math.max(left, x);
    if (covered > 0) values[row + x] = Math.min(1, values[row + x] + covered * weight);
  }
}

/** Mean over (2·radius + 1)² pixels, rows then columns, zeros beyond the edge; in place. */
export function boxBlur(
  values: Float32Array,
  { width, height, radius }: { readonly width: number; readonly height: number; readonly radius: number },
): void {
  const line = new Float32Array(Math.max(width, height));
  for (let y = 0; y < height; y++)
    blurLine(values, { start: y * width, step: 1, count: width, radius, line });
  for (let x = 0; x < width; x++) blurLine(values, { start: x, step: width, count: height, radius, line });
}

function blurLine(
  values: Float32Array,
  request: { start: number; step: number; count: number; radius: number; line: Float32Array },
): void {
  const { start, step, count, radius, line } = request;
  const scale = 1 / (2 * radius + 1);
  let sum = 0;
  for (let i = 0; i < count; i++) line[i] = values[start + i * step];
  for (let i = 0; i < Math.min(radius, count); i++) sum += line[i];
  for (let i = 0; i < count; i++) {
    if (i + radius < count) sum += line[i + radius];
    if (i - radius - 1 >= 0) sum -= line[i - radius - 1];
    values[start + i * step] = Math.max(0, sum * scale);
  }
}

/**
 * The mask on a chroma plane's grid: each chroma sample counts as little as the least of the luma pixels it colours, so
 * that no pixel with mask 0 changes colour.
 */
export function chromaMask(mask: Mask, shift: { readonly x: number; readonly y: number }): Float32Array {
  const { width, height } = mask.box;
  if (shift.x === 0 && shift.y === 0) return mask.values;
  const stepX = 1 << shift.x;
  const stepY = 1 << shift.y;
  const columns = width >> shift.x;
  const rows = height >> shift.y;
  const out = new Float32Array(columns * rows);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      let least = 1;
      for (let dy = 0; dy < stepY; dy++) {
        const at = (y * stepY + dy) * width + x * stepX;
        for (let dx = 0; dx < stepX; dx++) least = Math.min(least, mask.values[at + dx]);
      }
      out[y * columns + x] = least;
    }
  }
  return out;
}

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

/**
 * Draws a polygon (even-odd rule) whose edge fades inwards: 0 at and outside the outline, 1 from `featherPx` on. Three
 * box blurs stand in for a Gaussian, and only the half of the slope that lies inside is kept, so that no pixel outside
 * the polygon is ever touched.
 */
export function featheredPolygon({ corners, box, featherPx }: PolygonRequest): Mask {
  const { width, height } = box;
  const values = new Float32Array(width * height);
  fillPolygon(corners, box, values);
  const radius = Math.round(featherPx / 3);
  if (radius >= 1) {
    // Pixels beyond the box count as outside, so that a polygon cut by the box fades there too.
    const shape = values.slice();
    for (let pass = 0; pass < 3; pass++) boxBlur(values, { width, height, radius });
    for (let i = 0; i < values.length; i++) {
      const inner = Math.min(1, Math.max(0, values[i] * 2 - 1));
      values[i] = shape[i] === 0 ? 0 : inner * inner * (3 - 2 * inner);
    }
  }
  return { box, values };
}

/** Adds the share of each pixel that lies inside the polygon. */
function fillPolygon(corners: ArrayLike<number>, box: PixelBox, values: Float32Array): void {
  const crossings: number[] = [];
  for (let sub = 0; sub < box.height * subRows; sub++) {
    const y = box.y - 0.5 + (sub + 0.5) / subRows;
    crossings.length = 0;
    for (let i = 0; i < corners.length; i += 2) {
      const j = (i + 2) % corners.length;
      const [y1, y2] = [corners[i + 1], corners[j + 1]];
      if (y1 <= y === y2 <= y) continue;
      crossings.push(corners[i] + ((y - y1) / (y2 - y1)) * (corners[j] - corners[i]));
    }
    crossings.sort((a, b) => a - b);
    const row = Math.floor(sub / subRows) * box.width;
    for (let k = 0; k + 1 < crossings.length; k += 2) {
      fillSpan(values, {
        row,
        width: box.width,
        from: crossings[k] - box.x + 0.5,
        to: crossings[k + 1] - box.x + 0.5,
      });
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

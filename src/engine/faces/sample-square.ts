import type { Plane, VideoFrame } from '../media/frame.ts';
import { rgbFormulaFor, type RgbFormula } from './frame-to-rgb.ts';

/** A square of the picture that a network looks at. */
export interface Square {
  /** Centre in pixels of the frame; pixel (0, 0) covers 0 to 1. */
  readonly centreX: number;
  readonly centreY: number;
  /** Side in pixels of the frame. */
  readonly size: number;
  /** Clockwise turn of the square, radians: a head tilted by as much stands upright in it. */
  readonly angle: number;
}

/** What a network wants its input to be. */
export interface SquareFormat {
  /** Side in samples. */
  readonly side: number;
  /** Values of black and white. */
  readonly low: number;
  readonly high: number;
  /** What lies outside the picture: its last pixels again, or black. */
  readonly outside: 'edge' | 'black';
}

/** Shrinking beyond this blurs before it samples, or fine texture would alias into the network's view. */
const largestPlainStep = 1.6;

/** Position of the square's first sample in a plane, and the way to the next column and row, in plane pixels. */
interface Walk {
  readonly startX: number;
  readonly startY: number;
  readonly columnX: number;
  readonly columnY: number;
  readonly rowX: number;
  readonly rowY: number;
  /** Bilinear taps per sample and axis. */
  readonly taps: number;
}

function walkThrough(square: Square, side: number, shiftX: number, shiftY: number): Walk {
  const step = square.size / side;
  const [cos, sin] = [Math.cos(square.angle) * step, Math.sin(square.angle) * step];
  const [scaleX, scaleY] = [1 / (1 << shiftX), 1 / (1 << shiftY)];
  const half = (side - 1) / 2;
  const finest = step * Math.max(scaleX, scaleY);
  return {
    startX: (square.centreX - half * cos + half * sin) * scaleX - 0.5,
    startY: (square.centreY - half * sin - half * cos) * scaleY - 0.5,
    columnX: cos * scaleX,
    columnY: sin * scaleY,
    rowX: -sin * scaleX,
    rowY: cos * scaleY,
    // A bilinear tap covers two pixels by itself.
    taps: finest > largestPlainStep ? Math.ceil(finest / 2 + 0.2) : 1,
  };
}

/** Samples a plane along the walk into `out`, side × side values, one bilinear tap each, edges repeated outwards. */
function samplePlane(plane: Plane, side: number, walk: Walk, out: Float32Array): void {
  if (isInside(plane, side, walk)) sampleInside(plane, side, walk, out);
  else sampleAcrossEdge(plane, side, walk, out);
}

/** Whether every sample has four real neighbours; the corners tell, for the square is convex. */
function isInside({ width, height }: Plane, side: number, walk: Walk): boolean {
  const far = side - 1;
  for (const [column, row] of [
    [0, 0],
    [far, 0],
    [0, far],
    [far, far],
  ]) {
    const x = walk.startX + column * walk.columnX + row * walk.rowX;
    const y = walk.startY + column * walk.columnY + row * walk.rowY;
    // A little distance from the edge makes up for the rounding of steps added up.
    if (x < 0.01 || y < 0.01 || x > width - 1.01 || y > height - 1.01) return false;
  }
  return true;
}

/** The usual case, and the hottest loop of the analysis: no bounds to look at. */
function sampleInside({ data, width }: Plane, side: number, walk: Walk, out: Float32Array): void {
  const { columnX, columnY } = walk;
  let index = 0;
  for (let row = 0; row < side; row += 1) {
    let x = walk.startX + row * walk.rowX;
    let y = walk.startY + row * walk.rowY;
    for (let column = 0; column < side; column += 1) {
      const left = x | 0;
      const top = y | 0;
      const fx = x - left;
      const at = top * width + left;
      const below = at + width;
      const a = data[at];
      const c = data[below];
      const upper = a + (data[at + 1] - a) * fx;
      const lower = c + (data[below + 1] - c) * fx;
      out[index] = upper + (lower - upper) * (y - top);
      index += 1;
      x += columnX;
      y += columnY;
    }
  }
}

function sampleAcrossEdge({ data, width, height }: Plane, side: number, walk: Walk, out: Float32Array): void {
  const { columnX, columnY } = walk;
  const [limitX, limitY] = [width - 1, height - 1];
  let index = 0;
  for (let row = 0; row < side; row += 1) {
    let x = walk.startX + row * walk.rowX;
    let y = walk.startY + row * walk.rowY;
    for (let column = 0; column < side; column += 1) {
      const cx = x < 0 ? 0 : x > limitX ? limitX : x;
      const cy = y < 0 ? 0 : y > limitY ? limitY : y;
      const left = cx | 0;
      const top = cy | 0;
      const fx = cx - left;
      const at = top * width + left;
      const right = left < limitX ? 1 : 0;
      const below = top < limitY ? at + width : at;
      const a = data[at];
      const c = data[below];
      const upper = a + (data[at + right] - a) * fx;
      const lower = c + (data[below + right] - c) * fx;
      out[index] = upper + (lower - upper) * (cy - top);
      index += 1;
      x += columnX;
      y += columnY;
    }
  }
}

/** As `samplePlane`, each sample the mean of taps × taps bilinear ones spread over its area; `part` is working memory. */
function sampleShrunk(plane: Plane, side: number, walk: Walk, out: Float32Array, part: Float32Array): void {
  const { taps } = walk;
  out.fill(0);
  for (let tap = 0; tap < taps * taps; tap += 1) {
    const across = ((tap % taps) + 0.5) / taps - 0.5;
    const along = (Math.floor(tap / taps) + 0.5) / taps - 0.5;
    const startX = walk.startX + across * walk.columnX + along * walk.rowX;
    const startY = walk.startY + across * walk.columnY + along * walk.rowY;
    samplePlane(plane, side, { ...walk, startX, startY }, part);
    for (let i = 0; i < part.length; i += 1) out[i] += part[i];
  }
  const weight = 1 / (taps * taps);
  for (let i = 0; i < out.length; i += 1) out[i] *= weight;
}

/**
 * Cuts squares out of frames as RGB floats for a network, straight from the planes: no RGB copy of the frame is
 * made. Owns its working memory, so one sampler serves one caller at a time.
 */
export class SquareSampler {
  readonly format: SquareFormat;
  readonly #planes: readonly [Float32Array, Float32Array, Float32Array];
  readonly #part: Float32Array;
  #formulaKey: VideoFrame['colour'] | null = null;
  #formula: RgbFormula | null = null;

  constructor(format: SquareFormat) {
    this.format = format;
    const count = format.side * format.side;
    this.#planes = [new Float32Array(count), new Float32Array(count), new Float32Array(count)];
    this.#part = new Float32Array(count);
  }

  /** Fills `out` with all red, all green, all blue (3 × side × side floats) and returns it. */
  sample(frame: VideoFrame, square: Square, out: Float32Array): Float32Array {
    const { side } = this.format;
    const { model, chromaShiftX, chromaShiftY } = frame.format;
    const planeCount = model === 'gray' ? 1 : 3;
    for (let i = 0; i < planeCount; i += 1) {
      const isChroma = model === 'yuv' && i > 0;
      const walk = walkThrough(square, side, isChroma ? chromaShiftX : 0, isChroma ? chromaShiftY : 0);
      if (walk.taps > 1) sampleShrunk(frame.planes[i], side, walk, this.#planes[i], this.#part);
      else samplePlane(frame.planes[i], side, walk, this.#planes[i]);
    }
    this.#toRgb(frame, out);
    if (this.format.outside === 'black') this.#blacken(frame, square, out);
    return out;
  }

  #formulaFor(frame: VideoFrame): RgbFormula {
    if (this.#formula === null || this.#formulaKey !== frame.colour) this.#formula = rgbFormulaFor(frame);
    this.#formulaKey = frame.colour;
    return this.#formula;
  }

  #toRgb(frame: VideoFrame, out: Float32Array): void {
    const { side, low, high } = this.format;
    const count = side * side;
    const [red, green, blue] = [0, 1, 2].map((i) => out.subarray(i * count, (i + 1) * count));
    const [first, second, third] = this.#planes;
    const formula = this.#formulaFor(frame);
    const span = high - low;
    const scaled = {
      gain: span * formula.luma,
      offset: low - span * formula.luma * formula.black,
      low,
      high,
    };
    const { model } = frame.format;
    if (model === 'yuv') yuvToRgb({ y: first, u: second, v: third }, { red, green, blue }, scaled, formula);
    else {
      scaleInto(first, green, scaled);
      scaleInto(model === 'gbr' ? second : first, blue, scaled);
      scaleInto(model === 'gbr' ? third : first, red, scaled);
    }
  }

  #blacken(frame: VideoFrame, square: Square, out: Float32Array): void {
    const { side, low } = this.format;
    const count = side * side;
    const walk = walkThrough(square, side, 0, 0);
    for (let row = 0; row < side; row += 1)
      for (let column = 0; column < side; column += 1) {
        const x = walk.startX + column * walk.columnX + row * walk.rowX;
        const y = walk.startY + column * walk.columnY + row * walk.rowY;
        if (x >= -0.5 && y >= -0.5 && x <= frame.width - 0.5 && y <= frame.height - 0.5) continue;
        const at = row * side + column;
        out[at] = low;
        out[at + count] = low;
        out[at + 2 * count] = low;
      }
  }
}

/** A straight line from samples to network values: `gain · sample + offset`, kept between `low` and `high`. */
interface Scaling {
  readonly gain: number;
  readonly offset: number;
  readonly low: number;
  readonly high: number;
}

function scaleInto(from: Float32Array, to: Float32Array, { gain, offset, low, high }: Scaling): void {
  for (let i = 0; i < from.length; i += 1) {
    const value = gain * from[i] + offset;
    to[i] = value < low ? low : value > high ? high : value;
  }
}

function yuvToRgb(
  { y, u, v }: Readonly<Record<'y' | 'u' | 'v', Float32Array>>,
  { red, green, blue }: Readonly<Record<'red' | 'green' | 'blue', Float32Array>>,
  { gain, offset, low, high }: Scaling,
  formula: RgbFormula,
): void {
  const span = high - low;
  const { zero } = formula;
  const redFromV = span * formula.redFromV;
  const greenFromU = span * formula.greenFromU;
  const greenFromV = span * formula.greenFromV;
  const blueFromU = span * formula.blueFromU;
  for (let i = 0; i < y.length; i += 1) {
    const grey = gain * y[i] + offset;
    const du = u[i] - zero;
    const dv = v[i] - zero;
    const r = grey + redFromV * dv;
    const g = grey + greenFromU * du + greenFromV * dv;
    const b = grey + blueFromU * du;
    red[i] = r < low ? low : r > high ? high : r;
    green[i] = g < low ? low : g > high ? high : g;
    blue[i] = b < low ? low : b > high ? high : b;
  }
}

/** The point of the frame that a point of the square (in samples, 0 to `side`) shows; z keeps the same scale. */
export function squareToFrame(square: Square, side: number, x: number, y: number): readonly [number, number] {
  const step = square.size / side;
  const [cos, sin] = [Math.cos(square.angle) * step, Math.sin(square.angle) * step];
  const [dx, dy] = [x - side / 2, y - side / 2];
  return [square.centreX + dx * cos - dy * sin, square.centreY + dx * sin + dy * cos];
}

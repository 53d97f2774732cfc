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
function samplePlane({ data, width, height }: Plane, side: number, walk: Walk, out: Float32Array): void {
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
      const down = top < limitY ? width : 0;
      const a = data[at];
      const c = data[at + down];
      const upper = a + (data[at + right] - a) * fx;
      const lower = c + (data[at + down + right] - c) * fx;
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
    const { black, zero, luma, redFromV, greenFromU, greenFromV, blueFromU } = this.#formulaFor(frame);
    const [first, second, third] = this.#planes;
    const count = side * side;
    const span = high - low;
    const { model } = frame.format;
    for (let i = 0; i < count; i += 1) {
      const y = (first[i] - black) * luma;
      let red = y;
      let green = y;
      let blue = y;
      if (model === 'yuv') {
        const u = second[i] - zero;
        const v = third[i] - zero;
        red += redFromV * v;
        green += greenFromU * u + greenFromV * v;
        blue += blueFromU * u;
      } else if (model === 'gbr') {
        blue = (second[i] - black) * luma;
        red = (third[i] - black) * luma;
      }
      out[i] = low + span * (red < 0 ? 0 : red > 1 ? 1 : red);
      out[i + count] = low + span * (green < 0 ? 0 : green > 1 ? 1 : green);
      out[i + 2 * count] = low + span * (blue < 0 ? 0 : blue > 1 ? 1 : blue);
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

/** The point of the frame that a point of the square (in samples, 0 to `side`) shows; z keeps the same scale. */
export function squareToFrame(square: Square, side: number, x: number, y: number): readonly [number, number] {
  const step = square.size / side;
  const [cos, sin] = [Math.cos(square.angle) * step, Math.sin(square.angle) * step];
  const [dx, dy] = [x - side / 2, y - side / 2];
  return [square.centreX + dx * cos - dy * sin, square.centreY + dx * sin + dy * cos];
}

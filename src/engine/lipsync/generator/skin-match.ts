import type { Mask } from '../../pixels/feather-mask.ts';
import type { FaceView } from './face-framing.ts';

/** How one plane of a generated face becomes like the skin around it: value · gain + offset, in sample units. */
export interface PlaneMatch {
  readonly gain: number;
  readonly offset: number;
}

/** Share of the new measurement in each frame: a fifth of a second to follow a change of light. */
const followShare = 0.3;
/** No correction beyond these: a ruined picture must not be hidden by its mean. */
const largestShiftShare = 0.12;
const largestGain = 1.3;
/** Variance, in 8-bit units, below which an even skin says nothing about contrast. */
const evenSkinVariance = 12;

/**
 * Remembers how a generator's colours differ from the film's along the mask's soft edge, where both show the same
 * skin, as a straight line per plane: the offset takes out a cast, the gain a weaker or stronger light on one cheek.
 * The line moves slowly within a track, so that it cannot flicker, and starts anew with each track.
 */
export class SkinMatch {
  #trackId = -1;
  #matches: PlaneMatch[] = [];

  /**
   * @param generated one grid per plane at the model's size
   * @param original the same part of the film, as the model saw it
   * @param edge weight of each grid position, from `edgeWeights`
   */
  follow(request: {
    readonly trackId: number;
    readonly generated: readonly Float32Array[];
    readonly original: readonly Float32Array[];
    readonly edge: Float32Array;
    readonly bitDepth: number;
  }): readonly PlaneMatch[] {
    const { trackId, generated, original, edge, bitDepth } = request;
    const unit = 2 ** (bitDepth - 8);
    const measured = generated.map((grid, plane) => fitLine(grid, original[plane], edge, unit));
    const isSameTrack = trackId === this.#trackId && this.#matches.length === measured.length;
    const towards = (from: number, to: number): number => from + followShare * (to - from);
    this.#matches = isSameTrack
      ? measured.map(({ gain, offset }, i) => ({
          gain: towards(this.#matches[i].gain, gain),
          offset: towards(this.#matches[i].offset, offset),
        }))
      : measured;
    this.#trackId = trackId;
    return this.#matches;
  }
}

/** Weighted least squares, held towards gain 1 where the skin is even. */
function fitLine(from: Float32Array, to: Float32Array, weights: Float32Array, unit: number): PlaneMatch {
  let [total, sumFrom, sumTo, squares, products] = [0, 0, 0, 0, 0];
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i];
    if (weight === 0) continue;
    total += weight;
    sumFrom += weight * from[i];
    sumTo += weight * to[i];
    squares += weight * from[i] * from[i];
    products += weight * from[i] * to[i];
  }
  if (total === 0) return { gain: 1, offset: 0 };
  const [meanFrom, meanTo] = [sumFrom / total, sumTo / total];
  const variance = Math.max(0, squares / total - meanFrom * meanFrom);
  const covariance = products / total - meanFrom * meanTo;
  const hold = evenSkinVariance * unit * unit;
  const gain = clamp((covariance + hold) / (variance + hold), 1 / largestGain, largestGain);
  const limit = largestShiftShare * 256 * unit;
  return { gain, offset: meanFrom + clamp(meanTo - meanFrom, -limit, limit) - gain * meanFrom };
}

function clamp(value: number, least: number, most: number): number {
  return value < least ? least : value > most ? most : value;
}

/** Where on the model's grid the mask fades: 1 at its half-way line, 0 where it is empty or full. */
export function edgeWeights(
  { box, values }: Mask,
  view: FaceView,
  grid: { readonly width: number; readonly height: number },
): Float32Array {
  const out = new Float32Array(grid.width * grid.height);
  const stepX = view.box.width / grid.width;
  const stepY = view.box.height / grid.height;
  for (let y = 0; y < grid.height; y++) {
    const row = Math.floor(view.box.y + (y + 0.5) * stepY) - box.y;
    if (row < 0 || row >= box.height) continue;
    for (let x = 0; x < grid.width; x++) {
      const column = Math.floor(view.box.x + (x + 0.5) * stepX) - box.x;
      if (column < 0 || column >= box.width) continue;
      const mask = values[row * box.width + column] / view.strength;
      out[y * grid.width + x] = Math.max(0, 4 * mask * (1 - mask));
    }
  }
  return out;
}

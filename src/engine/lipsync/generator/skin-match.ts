import type { Mask } from '../../pixels/feather-mask.ts';
import type { FaceView } from './face-framing.ts';

/** What is added to each plane of a generated face so that it joins the skin around it, in sample units. */
export type SkinOffsets = readonly number[];

/** Share of the new measurement in each frame: a fifth of a second to follow a change of light. */
const followShare = 0.3;
/** No correction beyond this share of a sample's range: a ruined picture must not be hidden by its mean. */
const largestShare = 0.12;

/**
 * Remembers how a generator's colours differ from the film's along the mask's soft edge, where both show the same
 * skin. The correction moves slowly within a track, so that it cannot flicker, and starts anew with each track.
 */
export class SkinMatch {
  #trackId = -1;
  #offsets: number[] = [];

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
  }): SkinOffsets {
    const { trackId, generated, original, edge, bitDepth } = request;
    const limit = largestShare * 2 ** bitDepth;
    const measured = generated.map((grid, plane) => {
      let sum = 0;
      let weights = 0;
      for (let i = 0; i < edge.length; i++) {
        if (edge[i] === 0) continue;
        sum += edge[i] * (original[plane][i] - grid[i]);
        weights += edge[i];
      }
      return weights === 0 ? 0 : Math.min(limit, Math.max(-limit, sum / weights));
    });
    const isSameTrack = trackId === this.#trackId && this.#offsets.length === measured.length;
    this.#offsets = isSameTrack
      ? measured.map((value, i) => this.#offsets[i] + followShare * (value - this.#offsets[i]))
      : measured;
    this.#trackId = trackId;
    return this.#offsets;
  }
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

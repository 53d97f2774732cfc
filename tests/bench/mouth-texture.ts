import type { FaceStore } from '../../src/engine/faces/types.ts';
import { maskRing } from '../../src/engine/lipsync/unit-selection/mouth-geometry.ts';
import { cropBox } from '../../src/engine/lipsync/unit-selection/mouth-library.ts';
import type { PixelBox, VideoFrame } from '../../src/engine/media/frame.ts';
import { featheredPolygon } from '../../src/engine/pixels/feather-mask.ts';

/** What one frame's mouth looks like, inside the outline of the region that dubbing replaces; luma. */
export interface TextureMoment {
  readonly frame: number;
  /** Variance of the Laplacian. */
  readonly sharpness: number;
  /** Mean absolute difference to the frame before; null for the first, after a cut and after a lost face. */
  readonly step: number | null;
}

/** Sharpness and restlessness of the mouth region over a run of frames, on luma. */
export class MouthTexture {
  readonly #faces: FaceStore;
  readonly #personId: number;
  readonly #moments: TextureMoment[] = [];
  #previous: { readonly data: Float32Array; readonly index: number } | null = null;
  #box: PixelBox | null = null;

  /** @param faces of the film as it was shot: the same outline then counts before and after dubbing. */
  constructor(faces: FaceStore, personId: number) {
    this.#faces = faces;
    this.#personId = personId;
  }

  /** Takes in a frame; the box stays where it was when the face hardly moved, so that differences mean something. */
  add(frame: VideoFrame): void {
    const seen = this.#faces.readPerson(this.#personId, frame.index);
    const box = seen && cropBox(seen.mesh, frame, frame.format);
    if (!box) {
      this.#previous = null;
      return;
    }
    if (this.#box === null || Math.hypot(this.#box.x - box.x, this.#box.y - box.y) > 0.2 * box.width) {
      this.#box = box;
      this.#previous = null;
    }
    const data = lumaOf(frame, this.#box);
    const corners = maskRing.flatMap((point) => [seen.mesh[3 * point], seen.mesh[3 * point + 1]]);
    const inside = featheredPolygon({ corners, box: this.#box, featherPx: 0 }).values;
    const isNext = this.#previous?.index === frame.index - 1;
    this.#moments.push({
      frame: frame.index,
      sharpness: laplacianVariance(data, inside, this.#box.width),
      step: this.#previous && isNext ? meanDifference(this.#previous.data, data, inside) : null,
    });
    this.#previous = { data, index: frame.index };
  }

  /** Every frame taken in, in order. */
  get moments(): readonly TextureMoment[] {
    return this.#moments;
  }

  /** Mean over frames of the variance of the Laplacian. */
  get sharpness(): number {
    return mean(this.#moments.map(({ sharpness }) => sharpness));
  }

  /** Mean absolute luma step from frame to frame, talking and all. */
  get flicker(): number {
    return mean(this.#moments.flatMap(({ step }) => (step === null ? [] : [step])));
  }
}

function lumaOf(frame: VideoFrame, box: PixelBox): Float32Array {
  const plane = frame.planes[0];
  const out = new Float32Array(box.width * box.height);
  for (let i = 0; i < out.length; i++) {
    const x = Math.min(box.x + (i % box.width), plane.width - 1);
    const y = Math.min(box.y + Math.floor(i / box.width), plane.height - 1);
    out[i] = plane.data[y * plane.width + x];
  }
  return out;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}

function meanDifference(a: Float32Array, b: Float32Array, inside: Float32Array): number {
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < a.length; i++) {
    sum += inside[i] * Math.abs(a[i] - b[i]);
    weight += inside[i];
  }
  return sum / Math.max(weight, 1);
}

function laplacianVariance(data: Float32Array, inside: Float32Array, width: number): number {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let i = width + 1; i < data.length - width - 1; i++) {
    const column = i % width;
    if (inside[i] < 1 || column === 0 || column === width - 1) continue;
    const value = 4 * data[i] - data[i - 1] - data[i + 1] - data[i - width] - data[i + width];
    sum += value;
    squares += value * value;
    count++;
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}

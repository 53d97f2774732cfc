import type { FaceStore } from '../../src/engine/faces/types.ts';
import { cropBox } from '../../src/engine/lipsync/unit-selection/mouth-library.ts';
import type { VideoFrame } from '../../src/engine/media/frame.ts';

/** Sharpness and restlessness of the mouth region over a run of frames, on luma. */
export class MouthTexture {
  readonly #faces: FaceStore;
  readonly #personId: number;
  readonly #laplacians: number[] = [];
  readonly #steps: number[] = [];
  #previous: { readonly data: Float32Array; readonly index: number } | null = null;
  #box: { x: number; y: number; width: number; height: number } | null = null;

  constructor(faces: FaceStore, personId: number) {
    this.#faces = faces;
    this.#personId = personId;
  }

  /** Takes in a frame; the region stays where it was when the face hardly moved, so that differences mean something. */
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
    const data = this.#luma(frame, this.#box);
    this.#laplacians.push(laplacianVariance(data, this.#box.width));
    if (this.#previous?.index === frame.index - 1)
      this.#steps.push(meanDifference(this.#previous.data, data));
    this.#previous = { data, index: frame.index };
  }

  /** Mean over frames of the variance of the Laplacian. */
  get sharpness(): number {
    return mean(this.#laplacians);
  }

  /** Mean absolute luma step from frame to frame. */
  get flicker(): number {
    return mean(this.#steps);
  }

  #luma(frame: VideoFrame, box: { x: number; y: number; width: number; height: number }): Float32Array {
    const plane = frame.planes[0];
    const out = new Float32Array(box.width * box.height);
    for (let i = 0; i < out.length; i++) {
      const x = Math.min(box.x + (i % box.width), plane.width - 1);
      const y = Math.min(box.y + Math.floor(i / box.width), plane.height - 1);
      out[i] = plane.data[y * plane.width + x];
    }
    return out;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}

function meanDifference(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

function laplacianVariance(data: Float32Array, width: number): number {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let i = width + 1; i < data.length - width - 1; i++) {
    const column = i % width;
    if (column === 0 || column === width - 1) continue;
    const value = 4 * data[i] - data[i - 1] - data[i + 1] - data[i - width] - data[i + width];
    sum += value;
    squares += value * value;
    count++;
  }
  return squares / count - (sum / count) ** 2;
}

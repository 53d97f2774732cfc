import { smoothStep } from '../../pixels/smooth-step.ts';
import type { FaceObservation, FaceStore } from '../../faces/types.ts';
import { outerEyeCorners } from '../../faces/mesh-points.ts';

/** A rectangle in pixels of the picture with fractions; `x`, `y` is its upper left corner, not a pixel's centre. */
export interface FloatBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How a face is cut out for a model. */
export type Framing = 'detector-box' | 'ffhq-square';

/** A face as the generator sees it in one frame. */
export interface FaceView {
  readonly trackId: number;
  readonly mesh: Float32Array;
  /** What the model is shown; steadied over neighbouring frames. */
  readonly box: FloatBox;
  /** 1 where the mouth is plainly seen, towards 0 where it goes out of sight. */
  readonly strength: number;
}

/** Room below the chin, as a share of the mesh's height: the reference's `--pads 0 10 0 0` on a face of 200 lines. */
const chinPad = 0.05;
/** FFHQ's aligned faces: distance of the outer eye corners and height of the eyes, as shares of the square's side. */
const ffhqEyeDistance = 0.36;
const ffhqEyeHeight = 0.468;
/** Frames on either side that steady the box; the reference averages five frames too, but looks only forward. */
const reachFrames = 2;
/** Mouth visibility below the first leaves the frame alone; above the second the mouth is replaced entirely. */
const fadeFrom = 0.15;
const fadeTo = 0.4;

/**
 * Wav2Lip's crops come from the S3FD detector, whose boxes run from the upper forehead to just under the chin and from
 * cheek to cheek: the bounds of the face mesh, with the reference's padding below.
 */
export function detectorBoxOf(mesh: Float32Array): FloatBox {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < mesh.length; i += 3) {
    left = Math.min(left, mesh[i]);
    right = Math.max(right, mesh[i]);
    top = Math.min(top, mesh[i + 1]);
    bottom = Math.max(bottom, mesh[i + 1]);
  }
  // Mesh points are pixel centres at whole numbers; a box's corners lie half a pixel further out.
  return {
    x: left - 0.5,
    y: top - 0.5,
    width: right - left + 1,
    height: (bottom - top + 1) * (1 + chinPad),
  };
}

/** The upright square that FFHQ's alignment would cut, without its rotation. */
export function ffhqSquareOf(mesh: Float32Array): FloatBox {
  const [left, right] = outerEyeCorners.map((point) => point * 3);
  const [dx, dy, dz] = [0, 1, 2].map((axis) => mesh[right + axis] - mesh[left + axis]);
  const side = Math.hypot(dx, dy, dz) / ffhqEyeDistance;
  const centreX = (mesh[left] + mesh[right]) / 2;
  const eyesY = (mesh[left + 1] + mesh[right + 1]) / 2;
  return { x: centreX - side / 2, y: eyesY - side * ffhqEyeHeight, width: side, height: side };
}

/**
 * One person's face through a film, steadied in time. Only observations of the same track are averaged, and a track
 * ends with its shot, so nothing is ever smoothed across a cut.
 */
export class FaceTrail {
  readonly #store: FaceStore;
  readonly #personId: number;
  readonly #boxOf: (mesh: Float32Array) => FloatBox;
  /** Boxes of the few frames around the current one. */
  readonly #boxes = new Map<number, FloatBox | null>();
  #trackId = -1;

  constructor(store: FaceStore, personId: number, framing: Framing) {
    this.#store = store;
    this.#personId = personId;
    this.#boxOf = framing === 'ffhq-square' ? ffhqSquareOf : detectorBoxOf;
  }

  /** The face in a frame, or null where it is not seen. */
  at(frameIndex: number): FaceView | null {
    const seen = this.#store.readPerson(this.#personId, frameIndex);
    if (seen === null || !isUsable(seen)) return null;
    const strength = smoothStep((seen.mouthVisibility - fadeFrom) / (fadeTo - fadeFrom));
    if (strength <= 0) return null;
    if (seen.trackId !== this.#trackId) {
      this.#trackId = seen.trackId;
      this.#boxes.clear();
    }
    this.#boxes.set(frameIndex, this.#boxOf(seen.mesh));
    return { trackId: seen.trackId, mesh: seen.mesh, box: this.#steadyBox(frameIndex), strength };
  }

  #steadyBox(frameIndex: number): FloatBox {
    for (const known of this.#boxes.keys()) {
      if (Math.abs(known - frameIndex) > reachFrames) this.#boxes.delete(known);
    }
    const sum = { x: 0, y: 0, width: 0, height: 0 };
    let count = 0;
    for (let frame = frameIndex - reachFrames; frame <= frameIndex + reachFrames; frame++) {
      const box = this.#boxAt(frame);
      if (box === null) continue;
      count++;
      sum.x += box.x;
      sum.y += box.y;
      sum.width += box.width;
      sum.height += box.height;
    }
    return { x: sum.x / count, y: sum.y / count, width: sum.width / count, height: sum.height / count };
  }

  #boxAt(frame: number): FloatBox | null {
    const known = this.#boxes.get(frame);
    if (known !== undefined) return known;
    const isInside = frame >= 0 && frame < this.#store.index.frameCount;
    const seen = isInside ? this.#store.read(this.#trackId, frame) : null;
    const box = seen === null || !isUsable(seen) ? null : this.#boxOf(seen.mesh);
    this.#boxes.set(frame, box);
    return box;
  }
}

/** A mesh with a number that is none would poison every pixel of the crop. */
function isUsable({ mesh }: FaceObservation): boolean {
  return mesh.every(Number.isFinite);
}

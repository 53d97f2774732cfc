import { FaceMesher, squareAround } from '../faces/face-mesher.ts';
import { lipFeaturesOf } from '../faces/lip-features.ts';
import { layPatch } from '../export/lay-patch.ts';
import type { Model } from '../inference/types.ts';
import type { Patch, VideoFrame } from '../media/frame.ts';

/** Looks at finished frames whose lips nobody told: the landmark network reads what the generator has drawn. */
export class MouthMeter {
  readonly #model: Model;
  readonly #mesher: FaceMesher;

  /** @param model FaceMesh of the face pack; closed with the meter. */
  constructor(model: Model) {
    this.#model = model;
    this.#mesher = new FaceMesher(model);
  }

  /**
   * Lays the patch over its frame, in place, and measures the mouth there. `filmMesh` is the film's own mesh in that
   * frame: the head stays where it was, so it tells where to look.
   */
  async measure(frame: VideoFrame, patch: Patch, filmMesh: Float32Array): Promise<Float32Array> {
    layPatch(frame, patch);
    const { mesh } = await this.#mesher.read(frame, squareAround(filmMesh));
    return lipFeaturesOf(mesh);
  }

  close(): Promise<void> {
    return this.#model.close();
  }
}

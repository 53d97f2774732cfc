import type { FaceStore } from '../faces/types.ts';
import type { LaidLips } from '../lipsync/types.ts';
import type { Patch } from '../media/frame.ts';
import type { MouthMeter } from './mouth-meter.ts';

/** Gathers the lips that a take shows while it is rendered: 48 bytes a frame. */
export class LaidLipsGatherer {
  readonly #faces: FaceStore;
  readonly #personId: number;
  readonly #meter: MouthMeter | null;
  readonly #laid = new Map<number, Float32Array>();
  #lookMs = 0;

  constructor(faces: FaceStore, personId: number, meter: MouthMeter | null) {
    this.#faces = faces;
    this.#personId = personId;
    this.#meter = meter;
  }

  /** Lips by frame, of every patch whose lips are known. */
  get laid(): ReadonlyMap<number, Float32Array> {
    return this.#laid;
  }

  /** Milliseconds spent on looking at finished frames. */
  get lookMs(): number {
    return this.#lookMs;
  }

  /** The lips of a patch as the engine tells them, or as they are seen in the finished frame; undefined otherwise. */
  async add(patch: Patch, shown: LaidLips | undefined): Promise<Float32Array | undefined> {
    const lips = shown === undefined ? undefined : await this.#read(patch, shown);
    if (lips !== undefined) this.#laid.set(patch.frameIndex, lips);
    return lips;
  }

  async #read(patch: Patch, shown: LaidLips): Promise<Float32Array | undefined> {
    if ('features' in shown) return shown.features.slice();
    const seen = this.#faces.readPerson(this.#personId, patch.frameIndex);
    if (seen === null || this.#meter === null) return undefined;
    const beganMs = performance.now();
    const lips = await this.#meter.measure(shown.frame, patch, seen.mesh);
    this.#lookMs += performance.now() - beganMs;
    return lips;
  }
}

import type { FloatTensor } from '../../inference/types.ts';
import type { VideoFrame } from '../../media/frame.ts';
import { mapOfBox, sampleRgb } from '../../pixels/sample-rgb.ts';
import type { FaceView } from './face-framing.ts';
import type { GeneratorInterface } from './model-interface.ts';
import { rgbGridsOf, type RgbGrids } from './plane-grids.ts';
import { windowValues } from './voice-windows.ts';

/** A frame that waits for the model's answer. */
export interface WaitingFace {
  readonly frame: VideoFrame;
  readonly view: FaceView;
}

/** The model's inputs for a few frames at a time; the tensors are used again from batch to batch. */
export class FaceBatch {
  readonly #model: GeneratorInterface;
  readonly #capacity: number;
  readonly #faces: Float32Array;
  readonly #sounds: Float32Array;
  readonly #weight: Float32Array;
  readonly #pixelCount: number;
  readonly #waiting: WaitingFace[] = [];

  constructor(model: GeneratorInterface, capacity: number, weight: number) {
    this.#model = model;
    this.#capacity = capacity;
    this.#pixelCount = model.width * model.height;
    this.#faces = new Float32Array(capacity * this.#channels * this.#pixelCount);
    this.#sounds = new Float32Array(capacity * windowValues);
    this.#weight = Float32Array.of(weight);
  }

  get isFull(): boolean {
    return this.#waiting.length === this.#capacity;
  }

  get faces(): readonly WaitingFace[] {
    return this.#waiting;
  }

  get #channels(): number {
    return this.#model.faceKind === 'masked' ? 6 : 3;
  }

  get #order(): 'rgb' | 'bgr' {
    return this.#model.faceKind === 'masked' ? 'bgr' : 'rgb';
  }

  /** Adds a frame; `writeSound` puts its window of `windowValues` values at the given place. */
  add(face: WaitingFace, writeSound: (out: Float32Array, offset: number) => void): void {
    const slot = this.#waiting.length;
    if (slot === this.#capacity) throw new RangeError('the batch is full');
    const { width, height } = this.#model;
    const wholeAt = this.#wholeFaceAt(slot);
    sampleRgb({
      frame: face.frame,
      map: mapOfBox(face.view.box, { width, height }),
      width,
      height,
      order: this.#order,
      out: this.#faces,
      offset: wholeAt,
    });
    if (this.#model.faceKind === 'masked') this.#writeUpperHalf(slot, wholeAt);
    writeSound(this.#sounds, slot * windowValues);
    this.#waiting.push(face);
  }

  /** Wav2Lip's first three channels: the same face with everything from half its height on black. */
  #writeUpperHalf(slot: number, wholeAt: number): void {
    const pixels = this.#pixelCount;
    const kept = Math.floor(this.#model.height / 2) * this.#model.width;
    for (let channel = 0; channel < 3; channel++) {
      const to = (slot * 6 + channel) * pixels;
      const from = wholeAt + channel * pixels;
      this.#faces.copyWithin(to, from, from + kept);
      this.#faces.fill(0, to + kept, to + pixels);
    }
  }

  /** Where the whole face of a slot begins in the tensor. */
  #wholeFaceAt(slot: number): number {
    return (slot * this.#channels + (this.#channels - 3)) * this.#pixelCount;
  }

  /**
   * The tensors to run. A model of fixed batch gets its last slots filled with what was there before, whose answers
   * nobody reads.
   */
  feeds(): Record<string, FloatTensor> {
    const { soundInput, faceInput, weightInput, width, height, fixedBatch } = this.#model;
    const count = fixedBatch ?? this.#waiting.length;
    const channels = this.#channels;
    const feeds: Record<string, FloatTensor> = {
      [soundInput]: { data: this.#sounds.subarray(0, count * windowValues), dims: [count, 1, 80, 16] },
      [faceInput]: {
        data: this.#faces.subarray(0, count * channels * this.#pixelCount),
        dims: [count, channels, height, width],
      },
    };
    if (weightInput !== null) feeds[weightInput.name] = { data: this.#weight, dims: weightInput.dims };
    return feeds;
  }

  /** The whole face of a slot as the model is shown it. */
  originalOf(slot: number): RgbGrids {
    return rgbGridsOf(this.#faces, {
      offset: this.#wholeFaceAt(slot),
      pixelCount: this.#pixelCount,
      order: this.#order,
    });
  }

  /** The answer for a slot. */
  generatedOf(output: FloatTensor, slot: number): RgbGrids {
    return rgbGridsOf(output.data, {
      offset: slot * 3 * this.#pixelCount,
      pixelCount: this.#pixelCount,
      order: this.#order,
    });
  }

  clear(): void {
    this.#waiting.length = 0;
  }
}

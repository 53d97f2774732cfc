import type { Model } from '../inference/types.ts';
import type { VideoFrame } from '../media/frame.ts';
import { meshSide } from './face-mesher.ts';
import { SquareSampler, type Square } from './sample-square.ts';
import type { HeadPose } from './types.ts';

const side = 224;
/** Values in a descriptor. */
export const descriptorLength = 1024;
/**
 * FaceMesh's square has half a face of margin; the descriptor tells people apart best with an eighth. Of the sizes
 * tried (0.67 to 1.1) this one kept single frames of 16 people apart: cosine at most 0.649 between two people, at
 * least 0.651 for one.
 */
const descriptorPart = 0.75;

/** HSE-FaceRes: 1,024 numbers that are alike for one person and differ between two; compare by cosine. */
export class FaceDescriber {
  readonly #model: Model;
  readonly #sampler = new SquareSampler({ side, low: 0, high: 255, outside: 'edge' });
  readonly #input = new Float32Array(3 * side * side);

  constructor(model: Model) {
    this.#model = model;
  }

  /** Descriptor of length 1 for the face in the square that a mesh was read from. */
  async describe(frame: VideoFrame, square: Square): Promise<Float32Array> {
    this.#sampler.sample(frame, { ...square, size: square.size * descriptorPart }, this.#input);
    const outputs = await this.#model.run({ input: { data: this.#input, dims: [1, 3, side, side] } });
    return unitLength(outputs['descriptor'].data);
  }
}

/** The vector scaled to length 1. */
export function unitLength(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector.slice() : vector.map((value) => value / length);
}

/**
 * How well a frame shows who a person is, for choosing the best of a track: seen from the front, surely a face, and
 * sharp (mean step between neighbouring green samples in the middle of FaceMesh's square).
 */
export function portraitQuality(pixels: Float32Array, pose: HeadPose, presence: number): number {
  const [from, to] = [meshSide / 4, (meshSide * 3) / 4];
  let steps = 0;
  for (let row = from; row < to; row += 2)
    for (let column = from; column < to; column += 2) {
      const at = (meshSide + row) * meshSide + column;
      steps += Math.abs(pixels[at + 1] - pixels[at]) + Math.abs(pixels[at + meshSide] - pixels[at]);
    }
  const sharpness = steps / ((to - from) / 2) ** 2;
  const radians = Math.PI / 180;
  return (
    Math.cos(pose.yawDegrees * radians) ** 2 * Math.cos(pose.pitchDegrees * radians) * presence * sharpness
  );
}

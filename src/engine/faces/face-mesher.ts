import type { Model } from '../inference/types.ts';
import type { VideoFrame } from '../media/frame.ts';
import { outerEyeCorners } from './mesh-points.ts';
import { SquareSampler, type Square } from './sample-square.ts';
import { meshFloatCount, meshPointCount } from './types.ts';

/** Side of FaceMesh's input in samples. */
export const meshSide = 192;

/** What FaceMesh says about a square of the picture. */
export interface MeshReading {
  /** 468 points in pixels of the frame; a fresh array. */
  readonly mesh: Float32Array;
  /** Probability that the square shows a face, 0 to 1. */
  readonly presence: number;
  /** The square that was looked at. */
  readonly square: Square;
  /** The square to look at in the next frame: this mesh, upright, with half its size as margin around it. */
  readonly nextSquare: Square;
}

/** The margin that FaceMesh was trained with: the face's own box enlarged by half. */
const squarePerFace = 1.5;

/**
 * The square around a mesh, turned so that the eyes lie level. Its size follows the mesh slowly (a fifth of the way
 * per frame when `last` is given): a network that sees the same face at the same scale places its points steadily.
 */
export function squareAround(mesh: Float32Array, last?: Square): Square {
  const [left, right] = [outerEyeCorners[0] * 3, outerEyeCorners[1] * 3];
  const angle = Math.atan2(mesh[right + 1] - mesh[left + 1], mesh[right] - mesh[left]);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  let [least, most, lowest, highest] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < meshFloatCount; i += 3) {
    const across = mesh[i] * cos + mesh[i + 1] * sin;
    const along = -mesh[i] * sin + mesh[i + 1] * cos;
    least = Math.min(least, across);
    most = Math.max(most, across);
    lowest = Math.min(lowest, along);
    highest = Math.max(highest, along);
  }
  const [across, along] = [(least + most) / 2, (lowest + highest) / 2];
  const size = Math.max(most - least, highest - lowest) * squarePerFace;
  return {
    centreX: across * cos - along * sin,
    centreY: across * sin + along * cos,
    size: last === undefined ? size : 0.8 * last.size + 0.2 * size,
    angle,
  };
}

/** MediaPipe's FaceMesh: 468 points of the face in a square (https://arxiv.org/abs/1907.06724). */
export class FaceMesher {
  readonly #model: Model;
  readonly #sampler: SquareSampler;
  /**
   * The square last looked at as red, green, blue planes of 192 × 192 floats from 0 to 1; overwritten by the next
   * reading.
   */
  readonly pixels = new Float32Array(3 * meshSide * meshSide);

  constructor(model: Model) {
    this.#model = model;
    this.#sampler = new SquareSampler({ side: meshSide, low: 0, high: 1, outside: 'edge' });
  }

  /** Reads the face in `square`; `last` is the square of the frame before when this continues a track. */
  async read(frame: VideoFrame, square: Square, last?: Square): Promise<MeshReading> {
    this.#sampler.sample(frame, square, this.pixels);
    const outputs = await this.#model.run({ input: { data: this.pixels, dims: [1, 3, meshSide, meshSide] } });
    const points = outputs['mesh'].data;
    const flag = outputs['presence'].data[0];
    const mesh = new Float32Array(meshFloatCount);
    const step = square.size / meshSide;
    const [cos, sin] = [Math.cos(square.angle) * step, Math.sin(square.angle) * step];
    for (let point = 0; point < meshPointCount; point += 1) {
      const i = point * 3;
      const across = points[i] - meshSide / 2;
      const along = points[i + 1] - meshSide / 2;
      mesh[i] = square.centreX + across * cos - along * sin;
      mesh[i + 1] = square.centreY + across * sin + along * cos;
      mesh[i + 2] = points[i + 2] * step;
    }
    return { mesh, presence: 1 / (1 + Math.exp(-flag)), square, nextSquare: squareAround(mesh, last) };
  }
}

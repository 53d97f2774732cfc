import type { Model } from '../inference/types.ts';
import type { VideoFrame } from '../media/frame.ts';
import { SquareSampler, squareToFrame, type Square } from './sample-square.ts';

/** A face as the detector sees it. */
export interface Detection {
  /** Box in pixels of the frame. */
  readonly centreX: number;
  readonly centreY: number;
  readonly size: number;
  /** Tilt of the line between the eyes, radians clockwise. */
  readonly angle: number;
  /** Probability, 0 to 1. */
  readonly score: number;
}

const side = 256;
/** Grid cells per row and anchors per cell of BlazeFace's two layers (https://arxiv.org/abs/1907.05047), in order. */
const layers = [
  { cells: 16, anchorsPerCell: 2 },
  { cells: 8, anchorsPerCell: 6 },
] as const;
const anchorCount = 896;
const valuesPerAnchor = 16;

/** Centres of all anchors, x and y in pixels of the 256 square. */
const anchors: Float32Array = new Float32Array(
  layers.flatMap(({ cells, anchorsPerCell }) =>
    Array.from({ length: cells * cells * anchorsPerCell }, (_, i) => {
      const cell = Math.floor(i / anchorsPerCell);
      return [(((cell % cells) + 0.5) * side) / cells, ((Math.floor(cell / cells) + 0.5) * side) / cells];
    }).flat(),
  ),
);

/** Faces that share more than this of their joint area are one. */
const sameFaceOverlap = 0.3;

/** Intersection over union of two squares given by centre and size. */
export function squareOverlap(
  a: Omit<Detection, 'score' | 'angle'>,
  b: Omit<Detection, 'score' | 'angle'>,
): number {
  const shared = (ca: number, cb: number): number =>
    Math.max(0, Math.min(ca + a.size / 2, cb + b.size / 2) - Math.max(ca - a.size / 2, cb - b.size / 2));
  const intersection = shared(a.centreX, b.centreX) * shared(a.centreY, b.centreY);
  return intersection / (a.size * a.size + b.size * b.size - intersection);
}

/** Keeps the surest of faces that lie over each other (greedy non-maximum suppression). */
export function withoutDoubles(detections: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const detection of [...detections].sort((a, b) => b.score - a.score))
    if (kept.every((other) => squareOverlap(detection, other) < sameFaceOverlap)) kept.push(detection);
  return kept;
}

/** MediaPipe's BlazeFace, 256 × 256: finds faces that fill roughly a tenth to nine tenths of the square shown to it. */
export class FaceDetector {
  readonly #model: Model;
  readonly #sampler = new SquareSampler({ side, low: -1, high: 1, outside: 'black' });
  readonly #input = new Float32Array(3 * side * side);

  constructor(model: Model) {
    this.#model = model;
  }

  /** Faces inside a square of the frame, surest first, none over another. `leastScore` is a probability. */
  async detect(frame: VideoFrame, square: Square, leastScore: number): Promise<Detection[]> {
    this.#sampler.sample(frame, square, this.#input);
    const feed = { data: this.#input, dims: [1, 3, side, side] };
    const outputs = await this.#model.run({ input: feed });
    const scores = outputs['scores'].data;
    const boxes = outputs['boxes'].data;
    const found: Detection[] = [];
    for (let anchor = 0; anchor < anchorCount; anchor += 1) {
      const score = 1 / (1 + Math.exp(-scores[anchor]));
      if (score >= leastScore) found.push({ ...decode(boxes, anchor, square), score });
    }
    return withoutDoubles(found);
  }
}

/** Box of one anchor: offsets in pixels of the 256 square from the anchor's centre. */
function decode(boxes: Float32Array, anchor: number, square: Square): Omit<Detection, 'score'> {
  const at = anchor * valuesPerAnchor;
  const [across, along] = [anchors[anchor * 2] + boxes[at], anchors[anchor * 2 + 1] + boxes[at + 1]];
  const [centreX, centreY] = squareToFrame(square, side, across, along);
  return {
    centreX,
    centreY,
    size: (Math.max(boxes[at + 2], boxes[at + 3]) * square.size) / side,
    angle: Math.atan2(boxes[at + 7] - boxes[at + 5], boxes[at + 6] - boxes[at + 4]) + square.angle,
  };
}

import type { Plane } from '../../media/frame.ts';
import type { Mask } from '../../pixels/feather-mask.ts';
import type { LowerFace } from './lower-face-mask.ts';

/** About this many pixels are looked at to learn a frame's grain. */
const probeCount = 1500;
/** Detail beyond this many standard deviations is an edge (jaw line, lips) and is not carried over. */
const edgeSigmas = 3;
/** Median of |x| for a normal distribution of standard deviation 1. */
const medianOfNormal = 0.6745;

const tileSide = 128;

/** Normal noise from a fixed seed (Box and Muller 1958), repeated over the picture and moved from frame to frame. */
const noiseTile = ((): Float32Array => {
  let state = 0x9e3779b9;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / 4_294_967_297;
  };
  return Float32Array.from({ length: tileSide * tileSide }, () => {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  });
})();

interface GrainRequest {
  readonly luma: Plane;
  /** What the model saw, enlarged to the mask's box: everything in the film that it cannot draw is missing here. */
  readonly coarse: Float32Array;
  readonly face: LowerFace;
  readonly frameIndex: number;
}

/**
 * Adds the film's own fine detail to an enlarged generated luma, in place: on still skin the detail that was there
 * (pores, stubble, sensor grain), without edges; where the mouth moves, fresh noise as strong as the film's.
 */
export function addSkinDetail(
  generated: Float32Array,
  { luma, coarse, face, frameIndex }: GrainRequest,
): void {
  const { box, values: mask } = face.mask;
  const detailSigma = detailLevel(luma, coarse, face);
  const noiseSigma = Math.min(detailSigma, noiseLevel(luma, face));
  if (detailSigma <= 0) return;
  const inverseLimit = 1 / (edgeSigmas * detailSigma);
  const shiftX = (frameIndex * 53) % tileSide;
  const shiftY = (frameIndex * 31) % tileSide;
  for (let y = 0; y < box.height; y++) {
    const source = (box.y + y) * luma.width + box.x;
    const tileRow = ((y + shiftY) % tileSide) * tileSide;
    for (let x = 0; x < box.width; x++) {
      const i = y * box.width + x;
      if (mask[i] === 0) continue;
      const moving = face.mouth[i];
      let added = 0;
      if (moving < 1) {
        const detail = luma.data[source + x] - coarse[i];
        const share = detail * inverseLimit;
        const square = share * share;
        added = ((1 - moving) * detail) / (1 + square * square);
      }
      // Noises add by their squares.
      if (moving > 0)
        added +=
          Math.sqrt(moving * (2 - moving)) * noiseSigma * noiseTile[tileRow + ((x + shiftX) % tileSide)];
      generated[i] += added;
    }
  }
}

/** Robust standard deviation of what the model's picture lacks, on still skin. */
function detailLevel(luma: Plane, coarse: Float32Array, face: LowerFace): number {
  const { box } = face.mask;
  return medianOnSkin(face.mask, face.mouth, (x, y) =>
    Math.abs(luma.data[(box.y + y) * luma.width + box.x + x] - coarse[y * box.width + x]),
  );
}

/**
 * Robust standard deviation of the film's noise on still skin (Immerkær, "Fast noise variance estimation", CVIU 64,
 * 1996; the median in place of the mean leaves edges out).
 */
function noiseLevel(luma: Plane, face: LowerFace): number {
  const { box } = face.mask;
  const { data, width, height } = luma;
  return (
    medianOnSkin(face.mask, face.mouth, (x, y) => {
      const px = Math.min(width - 2, Math.max(1, box.x + x));
      const py = Math.min(height - 2, Math.max(1, box.y + y));
      const at = py * width + px;
      const corners =
        data[at - width - 1] + data[at - width + 1] + data[at + width - 1] + data[at + width + 1];
      const sides = data[at - width] + data[at + width] + data[at - 1] + data[at + 1];
      return Math.abs(corners - 2 * sides + 4 * data[at]);
    }) / 6
  );
}

function medianOnSkin(mask: Mask, mouth: Float32Array, measure: (x: number, y: number) => number): number {
  const { width, height } = mask.box;
  const step = Math.max(1, Math.floor(Math.sqrt((width * height) / probeCount)));
  const found: number[] = [];
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const i = y * width + x;
      if (mask.values[i] > 0.3 && mouth[i] === 0) found.push(measure(x, y));
    }
  }
  if (found.length < 16) return 0;
  return Float64Array.from(found).sort()[found.length >> 1] / medianOfNormal;
}

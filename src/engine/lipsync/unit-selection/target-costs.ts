import { shapeIndex } from './lip-predictor.ts';
import type { LipTargets } from './lip-targets.ts';
import { shapeSize, type PersonTable } from './person-table.ts';

/** A head this much further turned than the donor's costs as much as lips one standard deviation off. */
const poseToleranceDegrees = 9;
const poseWeight = 0.4;
const hiddenWeight = 1.5;
/** At rest the shape counts more: nothing else happens to look at. */
const restWeight = 2;
/**
 * Price per standard deviation of lips apart where they must meet or rest, and of its square: a slit of a millimetre is
 * seen there.
 */
const apartWeight = 2;
const apartSquareWeight = 4;

/** Mouths that may be borrowed. */
export interface CandidateMouths {
  readonly table: PersonTable;
  /** Film frame of each library mouth. */
  readonly libraryFrames: readonly number[];
  /** `shapeSize` numbers each, in standard deviations. */
  readonly libraryShapes: Float32Array;
  /** The speaker's mouth at rest, in standard deviations. */
  readonly rest: Float32Array;
}

/**
 * What it costs to show library mouth j in frame `startFrame + target`: lips of another shape, lips apart where they
 * should meet, another pose of the head, a mouth half hidden.
 */
export function targetCosts(
  mouths: CandidateMouths,
  targets: LipTargets,
  startFrame: number,
): (target: number, out: Float32Array) => void {
  const { table, libraryFrames, libraryShapes, rest } = mouths;
  // What does not change from target to target is worked out once.
  const scale = targets.weights.map((weight) => Math.sqrt(weight));
  const shapes = libraryShapes.map((value, i) => value * scale[i % shapeSize]);
  const fixed = Float32Array.from(libraryFrames, (frame) => hiddenWeight * (1 - table.visibility[frame]));
  const yaw = Float32Array.from(libraryFrames, (frame) => table.poses[2 * frame]);
  const pitch = Float32Array.from(libraryFrames, (frame) => table.poses[2 * frame + 1]);
  const apart = Float32Array.from(libraryFrames, (_frame, j) => {
    const gap = Math.max(libraryShapes[j * shapeSize] - rest[0], 0);
    return apartWeight * gap + apartSquareWeight * gap * gap;
  });
  const wanted = new Float32Array(shapeSize);
  return (target, out) => {
    const frame = startFrame + target;
    const poseShare = table.trackIds[frame] >= 0 ? poseWeight / poseToleranceDegrees ** 2 : 0;
    const shapeShare = targets.resting[target] === 1 ? restWeight : 1;
    const closedShare = targets.closure[target];
    for (let k = 0; k < shapeSize; k++) wanted[k] = scale[k] * targets.shapes[target * shapeSize + k];
    for (let j = 0; j < out.length; j++) {
      let squares = 0;
      for (let k = 0; k < shapeSize; k++) {
        const difference = wanted[k] - shapes[j * shapeSize + k];
        squares += difference * difference;
      }
      const dy = yaw[j] - table.poses[2 * frame];
      const dp = pitch[j] - table.poses[2 * frame + 1];
      out[j] = fixed[j] + shapeShare * squares + closedShare * apart[j] + poseShare * (dy * dy + dp * dp);
    }
  };
}

/** Price of the lips' leap from one run to another, per squared standard deviation: numbers of the shape that show it. */
const leapWeights: readonly (readonly [number, number])[] = [
  [shapeIndex('opening'), 0.55],
  [shapeIndex('width'), 0.35],
  [shapeIndex('protrusion'), 0.15],
  [shapeIndex('jaw'), 0.15],
];
/** Numbers per mouth in what `leapShapesOf` gives. */
export const leapSize: number = leapWeights.length;

/** What of the library's shapes tells a leap, scaled so that squared distance is its price: mouths × `leapSize`. */
export function leapShapesOf(libraryShapes: Float32Array): Float32Array {
  const out = new Float32Array((libraryShapes.length / shapeSize) * leapSize);
  for (let i = 0; i < out.length; i++) {
    const [k, weight] = leapWeights[i % leapSize];
    out[i] = libraryShapes[Math.floor(i / leapSize) * shapeSize + k] * Math.sqrt(weight);
  }
  return out;
}

import { smoothStep } from '../../pixels/smooth-step.ts';
import { referenceFace } from '../../faces/reference-face.ts';
import { fitSimilarity, applySimilarity } from '../../faces/rigid-alignment.ts';
import {
  jawline,
  lipsInner,
  lipsOuter,
  noseBase,
  outerEyeCorners,
  stablePoints,
} from '../../faces/mesh-points.ts';

/** Cheek and chin points between lips and outline, both sides (FaceMesh numbering). */
const cheekPoints: readonly number[] = [
  205, 187, 207, 216, 206, 192, 213, 147, 212, 202, 210, 214, 425, 411, 427, 436, 426, 416, 433, 376, 432,
  422, 430, 434,
];
const chinPoints: readonly number[] = [18, 200, 199, 175, 83, 313, 201, 421, 208, 428, 171, 396];

/** Of a ring of twenty lip points: corners, middles and the points half way; the spline fills in the rest. */
const ringPlaces: readonly number[] = [0, 2, 5, 8, 10, 12, 15, 18];

/** Points that steer the borrowed mouth's warp. Their number costs: a spline is solved by its cube. */
export const donorControlPoints: readonly number[] = [
  ...ringPlaces.flatMap((place) => [lipsOuter[place], lipsInner[place]]),
  ...cheekPoints,
  ...chinPoints,
  ...noseBase,
  ...jawline,
];

/** Points that steer the target's own skin and neck: no lips, since those are replaced. */
export const skinControlPoints: readonly number[] = [...cheekPoints, ...noseBase, ...jawline];

/** Outline of the replaced region: under the nose, down the cheeks, along the jaw. */
export const maskRing: readonly number[] = [
  2, 327, 425, 411, 416, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 192, 187, 205, 98,
];

/** Distance between the outer eye corners in pixels, in space (so that a turned head keeps its size). */
export function faceUnit(mesh: Float32Array): number {
  const [a, b] = outerEyeCorners;
  return Math.hypot(
    mesh[3 * a] - mesh[3 * b],
    mesh[3 * a + 1] - mesh[3 * b + 1],
    mesh[3 * a + 2] - mesh[3 * b + 2],
  );
}

/**
 * How much each mesh point follows the borrowed mouth (1: lips, chin) or stays with the target's head (0: upper
 * cheeks, ears, nose); measured on the reference face.
 */
export const borrowWeights: Float32Array = ((): Float32Array => {
  const reference = referenceFace;
  const unit = faceUnit(reference);
  let centreX = 0;
  let centreY = 0;
  for (const point of lipsInner) {
    centreX += reference[3 * point] / lipsInner.length;
    centreY += reference[3 * point + 1] / lipsInner.length;
  }
  const weights = new Float32Array(reference.length / 3);
  for (let point = 0; point < weights.length; point++) {
    const across = (reference[3 * point] - centreX) / (0.8 * unit);
    const along = (reference[3 * point + 1] - centreY) / unit;
    const distance = Math.hypot(across, along > 0 ? along / 1.1 : along / 0.3);
    weights[point] = 1 - smoothStep((distance - 0.45) / 0.55);
  }
  for (const point of [...lipsOuter, ...lipsInner]) weights[point] = 1;
  return weights;
})();

/** A donor's mesh moved rigidly onto the target's head: its mouth shape in the target's pose. */
export function poseDonor(donorMesh: Float32Array, targetMesh: Float32Array): Float32Array {
  return applySimilarity(fitSimilarity(donorMesh, targetMesh, stablePoints), donorMesh);
}

/**
 * Where every mesh point of the new picture lies: the target's head with the donors' mouth.
 * @param posed donors' meshes in the target's pose with their shares (sum 1).
 */
export function destinationMesh(
  targetMesh: Float32Array,
  posed: readonly { readonly mesh: Float32Array; readonly share: number }[],
): Float32Array {
  const out = new Float32Array(targetMesh.length);
  for (let point = 0; point < borrowWeights.length; point++) {
    const weight = borrowWeights[point];
    for (let axis = 0; axis < 3; axis++) {
      const at = 3 * point + axis;
      let borrowed = 0;
      for (const donor of posed) borrowed += donor.share * donor.mesh[at];
      out[at] = (1 - weight) * targetMesh[at] + weight * borrowed;
    }
  }
  return out;
}

/** x, y pairs of some points of a mesh. */
export function pickPoints(mesh: Float32Array, points: readonly number[]): Float64Array {
  const out = new Float64Array(2 * points.length);
  points.forEach((point, i) => {
    out[2 * i] = mesh[3 * point];
    out[2 * i + 1] = mesh[3 * point + 1];
  });
  return out;
}

/**
 * Signed distance from (x, y) to a closed polygon of x, y pairs: positive inside. Even-odd rule; plain point-to-edge
 * distances.
 */
export function signedDistance(polygon: Float64Array, x: number, y: number): number {
  let best = Infinity;
  let isInside = false;
  const length = polygon.length;
  for (let i = 0, j = length - 2; i < length; j = i, i += 2) {
    const ax = polygon[j];
    const ay = polygon[j + 1];
    const ex = polygon[i] - ax;
    const ey = polygon[i + 1] - ay;
    const px = x - ax;
    const py = y - ay;
    const along = Math.min(Math.max((px * ex + py * ey) / (ex * ex + ey * ey || 1), 0), 1);
    const dx = px - along * ex;
    const dy = py - along * ey;
    best = Math.min(best, dx * dx + dy * dy);
    if (polygon[i + 1] > y !== ay > y && x < ax + (ex * (y - ay)) / ey) isInside = !isInside;
  }
  return isInside ? Math.sqrt(best) : -Math.sqrt(best);
}

import { outerEyeCorners, stablePoints } from './mesh-points.ts';
import { referenceFace } from './reference-face.ts';
import { applySimilarity, fitSimilarity, type Similarity3 } from './rigid-alignment.ts';

/**
 * What a mouth does, free of where the head is and how large it appears. All lengths are in units of the reference
 * face, about one distance between the outer eye corners; opening varies by 0.04 to 0.06 (standard deviation) in
 * real speech, and the mesh's own jitter is 0.005 to 0.01 before smoothing.
 */
export interface LipShape {
  /** Height between the outer edges of upper and lower lip, in the middle. */
  readonly opening: number;
  /** Gap between the inner edges: half the middle gap, half the mean of its two neighbours. 0 when closed. */
  readonly innerOpening: number;
  /** Mean gap over seven places from corner to corner: the inner area divided by its width. */
  readonly innerArea: number;
  /** Between the mouth corners on the outer edge. */
  readonly width: number;
  /** Between the mouth corners on the inner edge. */
  readonly innerWidth: number;
  /** How far the lips' outer edge stands out towards the camera from the plane through the nose bridge. */
  readonly protrusion: number;
  /** From the nose bridge to the tip of the chin: grows as the jaw drops. */
  readonly jaw: number;
}

/** Pairs of opposite points of the inner lips: upper, lower, from the middle outwards. */
const innerPairs: readonly (readonly [number, number])[] = [
  [13, 14],
  [82, 87],
  [312, 317],
  [81, 178],
  [311, 402],
  [80, 88],
  [310, 318],
];

/**
 * The 3-D similarity that lays `mesh` over `reference` by the points that speech does not move. With one reference
 * for all frames of a person it removes pose, place and size.
 */
export function alignmentTo(reference: Float32Array, mesh: Float32Array): Similarity3 {
  return fitSimilarity(mesh, reference, stablePoints);
}

/** A copy of `mesh` as the reference face would hold it: frontal, upright, eye corners one unit apart. */
export function poseRemoved(mesh: Float32Array, out?: Float32Array): Float32Array {
  return applySimilarity(alignmentTo(referenceFace, mesh), mesh, out);
}

function distance(mesh: Float32Array, a: number, b: number): number {
  return Math.hypot(
    mesh[a * 3] - mesh[b * 3],
    mesh[a * 3 + 1] - mesh[b * 3 + 1],
    mesh[a * 3 + 2] - mesh[b * 3 + 2],
  );
}

/** Size of a face in the mesh's own units (pixels for stored meshes): its eye-corner distance, free of pose. */
export function faceScaleOf(mesh: Float32Array): number {
  const unit = distance(referenceFace, outerEyeCorners[0], outerEyeCorners[1]);
  return unit / alignmentTo(referenceFace, mesh).scale;
}

/**
 * Measures the mouth of a mesh (468 points, any pose, any size).
 * @param similarity that lays the mesh over the reference face, where it is known already.
 */
export function lipShapeOf(mesh: Float32Array, similarity = alignmentTo(referenceFace, mesh)): LipShape {
  // Distances do not change with rotation, so only the scale is applied to them.
  const gap = (a: number, b: number): number => similarity.scale * distance(mesh, a, b);
  const gaps = innerPairs.map(([upper, lower]) => gap(upper, lower));
  const depthOf = (point: number): number => {
    const { rotation: r, translation: t, scale } = similarity;
    const i = point * 3;
    return scale * (r[6] * mesh[i] + r[7] * mesh[i + 1] + r[8] * mesh[i + 2]) + t[2];
  };
  return {
    opening: gap(0, 17),
    innerOpening: gaps[0] / 2 + (gaps[1] + gaps[2]) / 4,
    innerArea: gaps.reduce((sum, value) => sum + value, 0) / gaps.length,
    width: gap(61, 291),
    innerWidth: gap(78, 308),
    protrusion: -(depthOf(0) + depthOf(17)) / 2,
    jaw: gap(152, 168),
  };
}

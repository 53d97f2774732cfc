import { lipsInner, lipsOuter } from './mesh-points.ts';
import { referenceFace } from './reference-face.ts';
import { alignmentTo } from './lip-shape.ts';

/** The 40 points of both lip rings, outer before inner: what lip components are made of. */
export const lipOutlinePoints: readonly number[] = [...lipsOuter, ...lipsInner];

/** Floats per outline: x, y, z of each point. */
export const lipOutlineSize = lipOutlinePoints.length * 3;

/**
 * The lip points of a mesh as the reference face would hold them: free of pose, place and size; `lipOutlineSize` floats.
 * @param similarity that lays the mesh over the reference face, where it is known already.
 */
export function lipOutlineOf(
  mesh: Float32Array,
  similarity = alignmentTo(referenceFace, mesh),
): Float32Array {
  const { rotation: r, translation: t, scale } = similarity;
  const out = new Float32Array(lipOutlineSize);
  lipOutlinePoints.forEach((point, i) => {
    const [x, y, z] = [mesh[3 * point], mesh[3 * point + 1], mesh[3 * point + 2]];
    for (let k = 0; k < 3; k++) {
      out[3 * i + k] = scale * (r[3 * k] * x + r[3 * k + 1] * y + r[3 * k + 2] * z) + t[k];
    }
  });
  return out;
}

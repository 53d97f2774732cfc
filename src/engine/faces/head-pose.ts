import { alignmentTo } from './lip-shape.ts';
import { referenceFace } from './reference-face.ts';
import type { HeadPose } from './types.ts';

const degrees = 180 / Math.PI;

/**
 * Where the head of a mesh looks, from the rotation that lays its stable points over the reference face. The angles
 * apply in the order nod, turn, tilt (R = Rz · Ry · Rx), so turn and nod are those of the head held upright.
 * Good to a few degrees: FaceMesh's depth is learned, and people's faces differ from the reference.
 */
export function headPoseOf(mesh: Float32Array): HeadPose {
  const r = alignmentTo(referenceFace, mesh).rotation;
  return {
    yawDegrees: Math.asin(Math.min(1, Math.max(-1, r[2]))) * degrees,
    pitchDegrees: Math.atan2(r[5], r[8]) * degrees,
    rollDegrees: Math.atan2(r[1], r[0]) * degrees,
  };
}

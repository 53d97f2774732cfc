import { applySimilarity, fitSimilarity } from '../../faces/rigid-alignment.ts';
import { jawline, lipsInner, stablePoints } from '../../faces/mesh-points.ts';
import { meshFloatCount, type FaceObservation, type FaceStore } from '../../faces/types.ts';
import { faceUnit } from './mouth-geometry.ts';

/** Names of the numbers that describe a mouth, in the order of `PersonTable.shapes`. */
export const shapeNames = ['opening', 'width', 'protrusion', 'jaw'] as const;
export const shapeSize = shapeNames.length;

/**
 * One person through the whole film, a few numbers per frame, so that it stays in memory for hours of film (about
 * 45 bytes a frame). Meshes stay on disk.
 */
export interface PersonTable {
  readonly personId: number;
  readonly frameCount: number;
  /** Track of the person in each frame, -1 where not seen. */
  readonly trackIds: Int32Array;
  /** `shapeSize` numbers per frame, in units of the eye-corner distance, head pose removed. */
  readonly shapes: Float32Array;
  /** Yaw and pitch in degrees, two per frame. */
  readonly poses: Float32Array;
  readonly visibility: Float32Array;
  /** Eye-corner distance in pixels. */
  readonly units: Float32Array;
  /** The person's mean face, frontal, eye-corner distance 1: the pose that shapes are measured in. */
  readonly reference: Float32Array;
}

/** Mesh distances that make up a mouth's shape, on a mesh in the reference pose. */
export function shapeOf(mesh: Float32Array, out: Float32Array, at: number): void {
  const distance = (a: number, b: number): number =>
    Math.hypot(
      mesh[3 * a] - mesh[3 * b],
      mesh[3 * a + 1] - mesh[3 * b + 1],
      mesh[3 * a + 2] - mesh[3 * b + 2],
    );
  out[at] = (distance(13, 14) + 0.5 * (distance(82, 87) + distance(312, 317))) / 2;
  out[at + 1] = distance(61, 291);
  out[at + 2] = -(mesh[3 * 0 + 2] + mesh[3 * 17 + 2]) / 2;
  out[at + 3] = distance(152, 168);
}

/** The person's mean face from up to 240 frames spread over the film; null when never seen. */
function referenceFace(store: FaceStore, frames: readonly number[], personId: number): Float32Array | null {
  const stride = Math.max(1, Math.floor(frames.length / 240));
  let reference: Float32Array | null = null;
  for (let round = 0; round < 2; round++) {
    const sum = new Float64Array(meshFloatCount);
    let count = 0;
    for (let i = 0; i < frames.length; i += stride) {
      const seen = store.readPerson(personId, frames[i]);
      if (!seen) continue;
      if (round === 0 && Math.abs(seen.pose.yawDegrees) > 25) continue;
      reference ??= uprightUnit(seen);
      const aligned = applySimilarity(fitSimilarity(seen.mesh, reference, stablePoints), seen.mesh);
      for (let k = 0; k < meshFloatCount; k++) sum[k] += aligned[k];
      count++;
    }
    if (count > 0) reference = Float32Array.from(sum, (value) => value / count);
  }
  return reference;
}

/** A mesh turned to the front and scaled to an eye-corner distance of 1. */
function uprightUnit(seen: FaceObservation): Float32Array {
  const unit = faceUnit(seen.mesh);
  const roll = (-seen.pose.rollDegrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
  const out = new Float32Array(meshFloatCount);
  for (let k = 0; k < meshFloatCount; k += 3) {
    const x = (seen.mesh[k] - seen.mesh[3 * 168]) / unit;
    const y = (seen.mesh[k + 1] - seen.mesh[3 * 168 + 1]) / unit;
    out[k] = cos * x - sin * y;
    out[k + 1] = sin * x + cos * y;
    out[k + 2] = (seen.mesh[k + 2] - seen.mesh[3 * 168 + 2]) / unit;
  }
  return out;
}

/** Reads one person's faces once through and keeps what unit selection needs. */
export function buildPersonTable(
  store: FaceStore,
  personId: number,
  signal: AbortSignal,
): PersonTable | null {
  const { frameCount } = store.index;
  const trackIds = new Int32Array(frameCount).fill(-1);
  const seenFrames: number[] = [];
  for (const track of store.index.tracks) {
    if (track.personId !== personId) continue;
    for (let frame = track.startFrame; frame < track.endFrame; frame++) seenFrames.push(frame);
  }
  const reference = referenceFace(store, seenFrames, personId);
  if (!reference) return null;
  const shapes = new Float32Array(frameCount * shapeSize);
  const poses = new Float32Array(frameCount * 2);
  const visibility = new Float32Array(frameCount);
  const units = new Float32Array(frameCount);
  const aligned = new Float32Array(meshFloatCount);
  for (const frame of seenFrames) {
    if (frame % 512 === 0) signal.throwIfAborted();
    const seen = store.readPerson(personId, frame);
    if (!seen) continue;
    trackIds[frame] = seen.trackId;
    applySimilarity(fitSimilarity(seen.mesh, reference, stablePoints), seen.mesh, aligned);
    shapeOf(aligned, shapes, frame * shapeSize);
    poses[2 * frame] = seen.pose.yawDegrees;
    poses[2 * frame + 1] = seen.pose.pitchDegrees;
    visibility[frame] = seen.mouthVisibility;
    units[frame] = faceUnit(seen.mesh);
  }
  smoothShapes(shapes, trackIds);
  return { personId, frameCount, trackIds, shapes, poses, visibility, units, reference };
}

/** Savitzky–Golay, five frames, second order: takes out landmark noise and leaves a bilabial's closure standing. */
export const savitzkyGolay5: readonly number[] = [-3 / 35, 12 / 35, 17 / 35, 12 / 35, -3 / 35];

function smoothShapes(shapes: Float32Array, trackIds: Int32Array): void {
  const raw = shapes.slice();
  for (let frame = 2; frame + 2 < trackIds.length; frame++) {
    const track = trackIds[frame];
    if (track < 0 || [-2, -1, 1, 2].some((step) => trackIds[frame + step] !== track)) continue;
    for (let k = 0; k < shapeSize; k++) {
      let sum = 0;
      for (let step = -2; step <= 2; step++)
        sum += savitzkyGolay5[step + 2] * raw[(frame + step) * shapeSize + k];
      shapes[frame * shapeSize + k] = sum;
    }
  }
}

/** The person's mesh in a frame, smoothed over five frames of the same track; null where not seen. */
export function readSmoothMesh(store: FaceStore, table: PersonTable, frame: number): Float32Array | null {
  const track = table.trackIds[frame] ?? -1;
  if (track < 0) return null;
  const own = store.read(track, frame);
  if (!own) return null;
  const out = new Float32Array(meshFloatCount);
  for (let step = -2; step <= 2; step++) {
    const seen =
      step === 0 ? own : table.trackIds[frame + step] === track ? store.read(track, frame + step) : null;
    if (!seen) return own.mesh;
    const weight = savitzkyGolay5[step + 2];
    for (let k = 0; k < meshFloatCount; k++) out[k] += weight * seen.mesh[k];
  }
  return out;
}

/** Points whose bounds hold everything a mouth's crop must hold. */
export const cropPoints: readonly number[] = [...jawline, ...lipsInner, 2, 205, 425, 411, 187];

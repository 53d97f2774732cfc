import { lipFeatureCount, lipFeaturesOf } from '../../faces/lip-features.ts';
import { savitzkyGolayWeights } from '../../faces/smooth-meshes.ts';
import { meshFloatCount, type FaceStore } from '../../faces/types.ts';
import { faceUnit } from './mouth-geometry.ts';

/** How many numbers describe a mouth in `PersonTable.shapes`, in the order of `lipFeatureNames`. */
export const shapeSize = lipFeatureCount;

/**
 * One person through the whole film, a few numbers per frame, so that it stays in memory for hours of film (about
 * 75 bytes a frame). Meshes stay on disk.
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
  if (seenFrames.length === 0) return null;
  const shapes = new Float32Array(frameCount * shapeSize);
  const poses = new Float32Array(frameCount * 2);
  const visibility = new Float32Array(frameCount);
  const units = new Float32Array(frameCount);
  for (const frame of seenFrames) {
    if (frame % 512 === 0) signal.throwIfAborted();
    const seen = store.readPerson(personId, frame);
    if (!seen) continue;
    trackIds[frame] = seen.trackId;
    shapes.set(lipFeaturesOf(seen.mesh), frame * shapeSize);
    poses[2 * frame] = seen.pose.yawDegrees;
    poses[2 * frame + 1] = seen.pose.pitchDegrees;
    visibility[frame] = seen.mouthVisibility;
    units[frame] = faceUnit(seen.mesh);
  }
  smoothShapes(shapes, trackIds);
  return { personId, frameCount, trackIds, shapes, poses, visibility, units };
}

/** Savitzky–Golay, five frames, second order: takes out landmark noise and leaves a bilabial's closure standing. */
const savitzkyGolay5 = savitzkyGolayWeights(5, 2);

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

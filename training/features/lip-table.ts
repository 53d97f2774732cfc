import { faceScaleOf } from '../../src/engine/faces/lip-shape.ts';
import { lipFeatureCount, lipFeatureNames, lipFeaturesOf } from '../../src/engine/faces/lip-features.ts';
import { lipOutlineOf, lipOutlineSize } from '../../src/engine/faces/lip-outline.ts';
import type { FaceStore } from '../../src/engine/faces/types.ts';
import type { PresentationTable } from '../../src/engine/media/types.ts';

const contextNames = ['visibility', 'yaw', 'pitch', 'eyeDistance', 'track', 'middleSeconds'] as const;

/** The columns of a lip table, in order: lip features, lip outline, and what tells how far to trust them. */
export const lipTableColumns: readonly string[] = [
  ...lipFeatureNames,
  ...Array.from({ length: lipOutlineSize }, (_, i) => `outline${i}`),
  ...contextNames,
];

/**
 * One row per frame of the film for one person: `lipTableColumns` floats. Frames without the person have visibility
 * -1 and zeros; every row has the middle of the time its picture is shown, in seconds.
 */
export function lipTableOf(faces: FaceStore, personId: number, table: PresentationTable): Float32Array {
  const width = lipTableColumns.length;
  const rows = new Float32Array(table.frameCount * width);
  const secondsPerTick = table.timeBase.num / table.timeBase.den;
  for (let frame = 0; frame < table.frameCount; frame++) {
    const middleSeconds = ((table.ticks[frame] + table.ticks[frame + 1]) / 2) * secondsPerTick;
    const seen = faces.readPerson(personId, frame);
    const row = rows.subarray(frame * width, (frame + 1) * width);
    const contextStart = lipFeatureCount + lipOutlineSize;
    if (seen === null) {
      row.set([-1, 0, 0, 0, -1, middleSeconds], contextStart);
      continue;
    }
    const { mesh, mouthVisibility, pose, trackId } = seen;
    row.set(lipFeaturesOf(mesh));
    row.set(lipOutlineOf(mesh), lipFeatureCount);
    row.set(
      [mouthVisibility, pose.yawDegrees, pose.pitchDegrees, faceScaleOf(mesh), trackId, middleSeconds],
      contextStart,
    );
  }
  return rows;
}

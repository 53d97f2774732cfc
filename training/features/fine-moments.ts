import { lipFeatureCount, lipFeatureNames } from '../../src/engine/faces/lip-features.ts';
import type { FaceStore } from '../../src/engine/faces/types.ts';
import { closedOpening } from '../../src/engine/lipsync/lips-from-sound/closure.ts';
import type { PresentationTable } from '../../src/engine/media/types.ts';
import { measurePeople, readTrackLips } from '../../src/engine/sync/film-lips.ts';
import { lipMoments } from '../../src/engine/sync/lip-moments.ts';
import { momentMs, momentRateHz, type LipTable } from '../../src/engine/sync/types.ts';
import type { LipStatistics } from '../../src/engine/sync/lip-statistics.ts';

/** Grids of moments that are laid between each other, so that training can move lips in steps finer than a moment. */
const phases = 4;
/** What one fine moment is from the next, milliseconds. */
export const fineStepMs = momentMs / phases;
/** Floats per fine moment: the lip features, then 1 where the mouth was seen. */
export const fineMomentSize = lipFeatureCount + 1;

/** A person's lips as the product's networks see them, on a fine grid. */
export interface FineMoments {
  /** [count × fineMomentSize], z-scored; row i lies at 10 ms + i · fineStepMs. */
  readonly rows: Float32Array;
  /** The opening, z-scored, up to which the product counts this mouth as closed. */
  readonly closedBelow: number;
}

const openingIndex = lipFeatureNames.indexOf('opening');

function layTrack(rows: Float32Array, table: LipTable): void {
  const momentCount = rows.length / fineMomentSize / phases;
  if (table.seconds.length === 0) return;
  const first = Math.max(0, Math.floor(table.seconds[0] * momentRateHz) - 2);
  const last = Math.ceil(table.seconds[table.seconds.length - 1] * momentRateHz) + 2;
  const count = Math.min(momentCount, last) - first;
  if (count <= 0) return;
  for (let phase = 0; phase < phases; phase++) {
    const aheadSeconds = (phase * fineStepMs) / 1000;
    const seconds = Float64Array.from(table.seconds, (second) => second - aheadSeconds);
    const { values, seen } = lipMoments({ ...table, seconds }, first, count);
    for (let j = 0; j < count; j++) {
      if (seen[j] === 0) continue;
      const row = rows.subarray(((first + j) * phases + phase) * fineMomentSize);
      for (let k = 0; k < lipFeatureCount; k++) row[k] = values[k * count + j];
      row[lipFeatureCount] = 1;
    }
  }
}

/** Reads a person's lips over the whole film by the product's own code: visibility, z-score, smoothing, cubics. */
export function fineMomentsOf(
  film: { readonly faces: FaceStore; readonly clock: PresentationTable },
  personId: number,
  momentCount: number,
): FineMoments {
  const rows = new Float32Array(momentCount * phases * fineMomentSize);
  const people = measurePeople(film.faces, new AbortController().signal, () => undefined);
  const statistics: LipStatistics | undefined = people.get(personId);
  if (statistics === undefined) return { rows, closedBelow: 0 };
  const openings: number[] = [];
  for (const track of film.faces.index.tracks.filter((one) => one.personId === personId)) {
    const table = readTrackLips(film, track, statistics, { startFrame: 0, endFrame: film.clock.frameCount });
    for (let i = 0; i < table.features.length; i += lipFeatureCount) {
      const opening = table.features[i + openingIndex];
      if (!Number.isNaN(opening))
        openings.push(opening * statistics.deviation[openingIndex] + statistics.mean[openingIndex]);
    }
    layTrack(rows, table);
  }
  const closed = closedOpening(Float32Array.from(openings));
  return {
    rows,
    closedBelow: (closed - statistics.mean[openingIndex]) / statistics.deviation[openingIndex],
  };
}

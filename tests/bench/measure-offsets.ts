import { join } from 'node:path';
import { decodePcmFile } from '../../src/engine/audio/decode-pcm.ts';
import { openPcmFile } from '../../src/engine/audio/pcm-file.ts';
import { analyseFaces } from '../../src/engine/faces/analyse-faces.ts';
import { openFaceStore } from '../../src/engine/faces/face-store.ts';
import { openSource } from '../../src/engine/media/open-source.ts';
import { hearSound } from '../../src/engine/sync/heard-sound.ts';
import { scoreFilm } from '../../src/engine/sync/score-film.ts';
import type { SyncExpert } from '../../src/engine/sync/sync-expert.ts';
import type { SyncScore } from '../../src/engine/sync/types.ts';

const never = new AbortController().signal;
const quiet = (): void => undefined;

/** What the expert says of one film with its sound moved. */
export interface ShiftedScore {
  /** Where the sound was put: positive is late. */
  readonly shiftMs: number;
  /** Of the whole film; the expert's stated bias is in again, so that it can be measured. */
  readonly rawOffsetMs: number;
  readonly score: SyncScore;
  /** The same of each window of 2 s that has evidence. */
  readonly windowRawOffsetsMs: readonly number[];
}

/**
 * Scores the most seen face of a film with its own sound, moved.
 * @param folder empty; is filled with what analysis leaves
 */
export async function measureOffsets(
  film: { readonly path: string; readonly folder: string },
  expert: SyncExpert,
  shiftsMs: readonly number[],
): Promise<readonly ShiftedScore[]> {
  const source = await openSource(film.path);
  const facesFolder = join(film.folder, 'faces');
  await analyseFaces({ source, folder: facesFolder, onProgress: quiet, signal: never });
  const outPath = join(film.folder, 'sound.f32');
  await decodePcmFile({ path: film.path, streamIndex: null, outPath, signal: never });
  const faces = openFaceStore(facesFolder);
  const pcm = openPcmFile(outPath);
  try {
    const { num, den } = source.video.frameRate;
    const scored = { faces, clock: source.table, frameRate: num / den };
    const found: ShiftedScore[] = [];
    for (const shiftMs of shiftsMs) {
      const sound = hearSound({ pcm, startSeconds: shiftMs / 1000 }, never);
      const { people } = await scoreFilm(scored, { expert, sound, signal: never }, quiet);
      if (people.length === 0) throw new Error(`${film.path}: no face`);
      const { score } = people[0];
      const sure = score.seconds.filter((second) => second.evidence === 'ok');
      found.push({
        shiftMs,
        rawOffsetMs: score.offsetMs + expert.biasMs,
        score,
        windowRawOffsetsMs: sure.map((second) => second.offsetMs + expert.biasMs),
      });
    }
    return found;
  } finally {
    pcm.close();
    faces.close();
  }
}

/** Arithmetic mean. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation around the mean. */
export function spread(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

/** The middle value; of an even number of them the upper of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

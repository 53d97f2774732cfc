import { DubwrightError } from '../../contract/errors.ts';
import type { ExportFilmInput } from '../host/tasks.ts';
import type { Patch, PlanarFormat } from '../media/frame.ts';
import { openTakeReader } from '../takes/take-reader.ts';
import type { TakeReader } from '../takes/take-reader.ts';

/** All takes of a film as one; only the take under the cursor is open. */
export interface TakeSequence {
  /** The patch of a frame, or null; frames must be asked for in rising order. */
  patchFor(frameIndex: number): Promise<Patch | null>;
  close(): Promise<void>;
}

async function openTake(take: ExportFilmInput['takes'][number], format: PlanarFormat): Promise<TakeReader> {
  const reader = await openTakeReader(take.takePath);
  if (reader.info.format.name === format.name) return reader;
  await reader.close();
  throw new DubwrightError('FILE_NOT_READABLE', {
    path: take.takePath,
    reason: `holds ${reader.info.format.name}, the film is ${format.name}`,
  });
}

/**
 * Lines takes up for one pass over the film.
 * @throws RangeError when takes overlap; DubwrightError as `openTakeReader` while reading
 */
export function sequenceTakes(takes: ExportFilmInput['takes'], format: PlanarFormat): TakeSequence {
  const ordered = [...takes].sort((a, b) => a.startFrame - b.startFrame);
  const overlap = ordered.find((take, i) => i > 0 && take.startFrame < ordered[i - 1].endFrame);
  if (overlap) throw new RangeError(`takes overlap at frame ${overlap.startFrame}`);
  let next = 0;
  let reader: TakeReader | null = null;
  const close = async () => {
    const open = reader;
    reader = null;
    await open?.close();
  };
  return {
    async patchFor(frameIndex) {
      while (next < ordered.length && ordered[next].endFrame <= frameIndex) {
        await close();
        next++;
      }
      if (next >= ordered.length || frameIndex < ordered[next].startFrame) return null;
      reader ??= await openTake(ordered[next], format);
      return await reader.patchAt(frameIndex);
    },
    close,
  };
}

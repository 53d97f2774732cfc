import { basename } from 'node:path';
import { openPcmFile } from '../../audio/pcm-file.ts';
import { openFaceStore } from '../../faces/face-store.ts';
import type { LipScene } from '../../lipsync/types.ts';
import { openSource } from '../../media/open-source.ts';
import type { SyncExpert } from '../../sync/sync-expert.ts';
import { filmSyncOf } from '../../takes/film-sync.ts';
import type { FilmSync } from '../../takes/film-sync.ts';
import type { TaskContext } from '../protocol.ts';
import type { EngineTasks, FilmSyncInput } from '../tasks.ts';
import { openExpert } from './open-expert.ts';

/** Scores a film with its own sound; what is known of it already is read from its cache. */
export async function filmSync(
  input: FilmSyncInput,
  context: TaskContext,
): Promise<EngineTasks['filmSync']['output']> {
  const expert = await openExpert(context);
  if (expert === null) return { activity: null };
  const faces = openFaceStore(input.facesFolder);
  const originalSound = input.originalPcmPath === null ? null : openPcmFile(input.originalPcmPath);
  try {
    const source = await openSource(input.sourcePath, context.signal);
    const scene = { source, faces, originalSound, cacheFolder: input.cacheFolder };
    const { activity } = await scoreScene(scene, { ...input, expert }, context);
    return { activity };
  } finally {
    originalSound?.close();
    faces.close();
    await expert.close();
  }
}

/** The film's own score, from its cache or made now. */
export function scoreScene(
  scene: LipScene,
  { expert, originalPcmPath }: { readonly expert: SyncExpert; readonly originalPcmPath: string | null },
  { emit, signal }: TaskContext,
): Promise<FilmSync> {
  return filmSyncOf(scene, {
    expert,
    // Decoded sounds are named by what they were decoded from.
    soundName: originalPcmPath === null ? null : basename(originalPcmPath),
    onProgress: (progress) => emit({ kind: 'progress', progress }),
    signal,
  });
}

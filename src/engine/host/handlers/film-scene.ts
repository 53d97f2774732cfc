import { basename } from 'node:path';
import { openPcmFile } from '../../audio/pcm-file.ts';
import { openFaceStore } from '../../faces/face-store.ts';
import type { LipScene } from '../../lipsync/types.ts';
import { openSource } from '../../media/open-source.ts';
import type { SyncExpert } from '../../sync/sync-expert.ts';
import { createExpertScorer } from '../../takes/expert-scorer.ts';
import { filmSyncOf } from '../../takes/film-sync.ts';
import type { FilmSync } from '../../takes/film-sync.ts';
import type { TakeScorer } from '../../takes/take-scorer.ts';
import type { TaskContext } from '../protocol.ts';
import type { FilmFiles } from '../tasks.ts';
import { nameOf, openExpert } from './open-expert.ts';

/** Opens an analysed film and its sound; `open` closes them. */
export async function openScene(
  files: FilmFiles,
  { signal }: TaskContext,
  open: AsyncDisposableStack,
): Promise<LipScene> {
  const { cacheFolder, facesFolder, originalPcmPath, sourcePath } = files;
  const source = await openSource(sourcePath, signal);
  const faces = open.adopt(openFaceStore(facesFolder), (one) => one.close());
  const originalSound = open.adopt(originalPcmPath === null ? null : openPcmFile(originalPcmPath), (one) =>
    one?.close(),
  );
  return { source, faces, originalSound, cacheFolder };
}

/** A scorer for takes of a film; null, with a warning, where there is no expert. `open` closes it. */
export async function openScorer(
  scene: LipScene,
  { originalPcmPath }: FilmFiles,
  context: TaskContext,
  open: AsyncDisposableStack,
): Promise<TakeScorer | null> {
  const expert = open.adopt(await openExpert(context), (one) => one?.close());
  if (expert === null) return null;
  const known = { expertName: nameOf(expert), openExpert: () => Promise.resolve(expert), originalPcmPath };
  const filmSync = (): Promise<FilmSync | null> => scoreScene(scene, known, context);
  return createExpertScorer({ scene, expert, expertName: nameOf(expert), filmSync });
}

/** The film's own score, from its cache or made now; null without an expert. */
export function scoreScene(
  scene: LipScene,
  tools: {
    readonly expertName: string;
    readonly openExpert: () => Promise<SyncExpert | null>;
    readonly originalPcmPath: string | null;
  },
  { emit, signal }: TaskContext,
): Promise<FilmSync | null> {
  const { originalPcmPath, ...expert } = tools;
  return filmSyncOf(scene, {
    ...expert,
    // Decoded sounds are named by what they were decoded from.
    soundName: originalPcmPath === null ? null : basename(originalPcmPath),
    onProgress: (progress) => emit({ kind: 'progress', progress }),
    signal,
  });
}

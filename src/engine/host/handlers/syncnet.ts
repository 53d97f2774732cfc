import type { FaceStore } from '../../faces/types.ts';
import type { SourceVideo } from '../../media/types.ts';
import { scoreWithSyncNet } from '../../sync/syncnet/score-with-syncnet.ts';
import type { SyncNetFaceScore } from '../../sync/syncnet/types.ts';
import type { PlacedSound } from '../../sync/types.ts';
import type { TaskContext } from '../protocol.ts';
import type { SyncNetInput } from '../tasks.ts';
import { chosenProvider } from './chosen-provider.ts';

/** SyncNet's opinion on the faces of a film, or on one person's. */
export async function syncNetOpinion(
  { facePath, personId, scratchFolder, soundPath }: SyncNetInput,
  film: { readonly source: SourceVideo; readonly faces: FaceStore; readonly sound: PlacedSound },
  { emit, signal }: TaskContext,
): Promise<SyncNetFaceScore[]> {
  const tracks = film.faces.index.tracks.filter((track) => personId === null || track.personId === personId);
  return scoreWithSyncNet({
    ...film,
    files: { facePath, soundPath, provider: await chosenProvider('generator', signal) },
    trackIds: tracks.map(({ id }) => id),
    scratchFolder,
    onProgress: (doneFrames, totalFrames) =>
      emit({ kind: 'progress', progress: { stage: 'syncnet', doneFrames, totalFrames } }),
    onWarning: (text) => emit({ kind: 'warning', text }),
    signal,
  });
}

import { openPcmFile } from '../../audio/pcm-file.ts';
import { openFaceStore } from '../../faces/face-store.ts';
import { openSource } from '../../media/open-source.ts';
import { expertFolder } from '../../sync/bundled-expert.ts';
import { hearSound } from '../../sync/heard-sound.ts';
import { scoreFilm } from '../../sync/score-film.ts';
import type { LipsScore } from '../../sync/score-lips.ts';
import { createSyncExpert } from '../../sync/sync-expert.ts';
import type { TaskContext } from '../protocol.ts';
import type { EngineTasks, PlainLipsScore } from '../tasks.ts';
import { chosenProvider } from './chosen-provider.ts';
import { syncNetOpinion } from './syncnet.ts';

/** Scores every face of a film against one sound. */
export async function scoreSync(
  input: EngineTasks['scoreSync']['input'],
  { emit, signal }: TaskContext,
): Promise<EngineTasks['scoreSync']['output']> {
  const source = await openSource(input.sourcePath, signal);
  const { frameRate } = source.video;
  const expert = await createSyncExpert({
    modelsFolder: expertFolder(),
    provider: await chosenProvider('faces', signal),
    onFallback: (text) => emit({ kind: 'warning', text }),
  });
  const faces = openFaceStore(input.facesFolder);
  const pcm = openPcmFile(input.pcmPath);
  try {
    const startMs = performance.now();
    const sound = hearSound({ pcm, startSeconds: input.soundStartMs / 1000 }, signal);
    const film = { faces, clock: source.table, frameRate: frameRate.num / frameRate.den };
    const score = await scoreFilm(film, { expert, sound, signal }, (progress) =>
      emit({ kind: 'progress', progress }),
    );
    const elapsedMs = performance.now() - startMs;
    const placed = { pcm, startSeconds: input.soundStartMs / 1000 };
    const syncNet =
      input.syncNet === null
        ? null
        : await syncNetOpinion(input.syncNet, { source, faces, sound: placed }, { emit, signal });
    return {
      expert: expert.fingerprint,
      people: score.people.map(({ personId, score: own }) => ({ personId, score: plain(own) })),
      tracks: score.tracks.map(({ score: own, track }) => ({ trackId: track.id, score: plain(own) })),
      activity: score.activity,
      elapsedMs,
      syncNet,
    };
  } finally {
    pcm.close();
    faces.close();
    await expert.close();
  }
}

/** Typed arrays do not cross a process border as such. */
function plain(score: LipsScore): PlainLipsScore {
  return { ...score, curve: score.comparedSeconds > 0 ? [...score.curve] : [] };
}

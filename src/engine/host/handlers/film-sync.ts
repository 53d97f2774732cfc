import type { TaskContext } from '../protocol.ts';
import type { EngineTasks, FilmFiles } from '../tasks.ts';
import { openScene, scoreScene } from './film-scene.ts';
import { expertName, openExpert } from './open-expert.ts';

/** Scores a film with its own sound; what is known of it already is read from its cache. */
export async function filmSync(
  files: FilmFiles,
  context: TaskContext,
): Promise<EngineTasks['filmSync']['output']> {
  const name = await expertName();
  if (name === null || files.originalPcmPath === null) return { activity: null };
  await using open = new AsyncDisposableStack();
  const scene = await openScene(files, context, open);
  const found = await scoreScene(
    scene,
    {
      expertName: name,
      originalPcmPath: files.originalPcmPath,
      openExpert: async () => open.adopt(await openExpert(context), (one) => one?.close()),
    },
    context,
  );
  return { activity: found?.activity ?? null };
}

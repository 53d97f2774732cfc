import { openPcmFile } from '../../audio/pcm-file.ts';
import { openFaceStore } from '../../faces/face-store.ts';
import { openSource } from '../../media/open-source.ts';
import type { TaskContext } from '../protocol.ts';
import type { EngineTasks, RenderTakesInput } from '../tasks.ts';
import { openLipEngine } from './lip-engine.ts';
import { renderJobs } from './render-jobs.ts';

/** Opens what takes are made from, and makes them. */
export async function renderTakes(
  input: RenderTakesInput,
  context: TaskContext,
): Promise<EngineTasks['renderTakes']['output']> {
  const { cacheFolder, facesFolder, jobs, originalPcmPath, sourcePath } = input;
  const source = await openSource(sourcePath, context.signal);
  const opened = await openLipEngine(input.engine, context.signal);
  const faces = openFaceStore(facesFolder);
  const originalSound = originalPcmPath === null ? null : openPcmFile(originalPcmPath);
  try {
    const scene = { source, faces, originalSound, cacheFolder };
    const takes = await renderJobs(
      { scene, engine: opened.engine, jobs, openPcm: openPcmFile, scorer: null, meter: null },
      context,
    );
    return opened.provider === null ? { takes } : { takes, provider: opened.provider };
  } finally {
    originalSound?.close();
    faces.close();
    await opened.close();
  }
}

import { openPcmFile } from '../../audio/pcm-file.ts';
import { ensureFacePack } from '../../face-pack/ensure-face-pack.ts';
import { openFaceStore } from '../../faces/face-store.ts';
import { openWithFallback } from '../../inference/open-with-fallback.ts';
import { openSource } from '../../media/open-source.ts';
import { createExpertScorer } from '../../takes/expert-scorer.ts';
import { MouthMeter } from '../../takes/mouth-meter.ts';
import type { TaskContext } from '../protocol.ts';
import type { EngineTasks, RenderTakesInput } from '../tasks.ts';
import { chosenProvider } from './chosen-provider.ts';
import { scoreScene } from './film-sync.ts';
import { openLipEngine } from './lip-engine.ts';
import { openExpert } from './open-expert.ts';
import { renderJobs } from './render-jobs.ts';

/** Opens what takes are made from, and makes them. */
export async function renderTakes(
  input: RenderTakesInput,
  context: TaskContext,
): Promise<EngineTasks['renderTakes']['output']> {
  const { cacheFolder, facesFolder, jobs, originalPcmPath, sourcePath } = input;
  await using open = new AsyncDisposableStack();
  const source = await openSource(sourcePath, context.signal);
  const opened = open.adopt(await openLipEngine(input.engine, context.signal), (one) => one.close());
  const faces = open.adopt(openFaceStore(facesFolder), (one) => one.close());
  const originalSound = open.adopt(originalPcmPath === null ? null : openPcmFile(originalPcmPath), (one) =>
    one?.close(),
  );
  const scene = { source, faces, originalSound, cacheFolder };
  const expert = open.adopt(await openExpert(context), (one) => one?.close());
  const scorer =
    expert === null
      ? null
      : createExpertScorer({
          scene,
          expert,
          filmSync: () => scoreScene(scene, { expert, originalPcmPath }, context),
        });
  // Unit selection knows its lips; what a generator drew has to be looked at.
  const meter =
    expert !== null && input.engine.id === 'generator'
      ? open.adopt(await openMeter(context), (one) => one.close())
      : null;
  const batch = { scene, engine: opened.engine, jobs, openPcm: openPcmFile, scorer, meter };
  const takes = await renderJobs(batch, context);
  return opened.provider === null ? { takes } : { takes, provider: opened.provider };
}

async function openMeter({ emit, signal }: TaskContext): Promise<MouthMeter> {
  const { facemesh: path } = await ensureFacePack();
  const provider = await chosenProvider('faces', signal);
  const onFallback = (text: string): void => emit({ kind: 'warning', text });
  return new MouthMeter(await openWithFallback({ path, provider }, onFallback));
}

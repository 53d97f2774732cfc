import { openPcmFile } from '../../audio/pcm-file.ts';
import { ensureFacePack } from '../../face-pack/ensure-face-pack.ts';
import { openWithFallback } from '../../inference/open-with-fallback.ts';
import { MouthMeter } from '../../takes/mouth-meter.ts';
import type { TaskContext } from '../protocol.ts';
import type { EngineTasks, RenderTakesInput } from '../tasks.ts';
import { chosenProvider } from './chosen-provider.ts';
import { openScene, openScorer } from './film-scene.ts';
import { openLipEngine } from './lip-engine.ts';
import { renderJobs } from './render-jobs.ts';

/** Opens what takes are made from, and makes them. */
export async function renderTakes(
  input: RenderTakesInput,
  context: TaskContext,
): Promise<EngineTasks['renderTakes']['output']> {
  await using open = new AsyncDisposableStack();
  const scene = await openScene(input, context, open);
  const opened = open.adopt(await openLipEngine(input.engine, context.signal), (one) => one.close());
  const scorer = await openScorer(scene, input, context, open);
  // Unit selection knows its lips; what a generator drew has to be looked at.
  const isLookedAt = scorer !== null && input.engine.id === 'generator';
  const meter = isLookedAt ? open.adopt(await openMeter(context), (one) => one.close()) : null;
  const { jobs } = input;
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

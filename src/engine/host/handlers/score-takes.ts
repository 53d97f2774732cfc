import { openPcmFile } from '../../audio/pcm-file.ts';
import type { TakeSync } from '../../../core/takes/take-sync.ts';
import type { PcmReader } from '../../lipsync/types.ts';
import { openTakeReader } from '../../takes/take-reader.ts';
import type { TakeScorer } from '../../takes/take-scorer.ts';
import type { TaskContext } from '../protocol.ts';
import type { EngineTasks, ScoreTakesInput } from '../tasks.ts';
import { openScene, openScorer } from './film-scene.ts';

/** Scores finished takes by the lips they keep; none where there is no expert. */
export async function scoreTakes(
  input: ScoreTakesInput,
  context: TaskContext,
): Promise<EngineTasks['scoreTakes']['output']> {
  await using open = new AsyncDisposableStack();
  const scene = await openScene(input, context, open);
  const scorer = await openScorer(scene, input, context, open);
  if (scorer === null) return { scores: [] };
  const voices = new Map<string, PcmReader>();
  const scores: { takeKey: string; sync: TakeSync }[] = [];
  for (const job of input.takes) {
    const voice =
      voices.get(job.voicePcmPath) ?? open.adopt(openPcmFile(job.voicePcmPath), (one) => one.close());
    voices.set(job.voicePcmPath, voice);
    const sync = await scoreTake(scorer, { ...job, voice }, context.signal);
    if (sync !== null) scores.push({ takeKey: job.takeKey, sync });
  }
  return { scores };
}

/** Null where the take does not tell its lips. */
async function scoreTake(
  scorer: TakeScorer,
  job: ScoreTakesInput['takes'][number] & { readonly voice: PcmReader },
  signal: AbortSignal,
): Promise<TakeSync | null> {
  const { personId, voice, voiceStartSample } = job;
  const take = await openTakeReader(job.takePath);
  try {
    const { endFrame, patchCount, startFrame } = take.info;
    const laid = patchCount === 0 ? new Map<number, Float32Array>() : await take.readLips();
    if (laid === null) return null;
    const range = { startFrame, endFrame };
    return await scorer.score({ personId, range, laid, voice, voiceStartSample, signal });
  } finally {
    await take.close();
  }
}

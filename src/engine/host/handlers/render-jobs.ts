import type {
  LipEngine,
  LipRenderer,
  LipScene,
  PcmReader,
  ScoredOutcome,
  StageProgress,
} from '../../lipsync/types.ts';
import { LaidLipsGatherer } from '../../takes/laid-lips.ts';
import type { MouthMeter } from '../../takes/mouth-meter.ts';
import type { TakeScorer } from '../../takes/take-scorer.ts';
import { createTakeWriter } from '../../takes/take-writer.ts';
import type { TaskContext } from '../protocol.ts';
import type { RenderedTake, TakeJob } from '../tasks.ts';
import { FilmCursor } from './film-cursor.ts';
import { pcmWindow } from './pcm-window.ts';

/** What a batch of takes is made from. */
export interface RenderBatch {
  readonly scene: LipScene;
  readonly engine: LipEngine;
  readonly jobs: readonly TakeJob[];
  /** Opens a sound file of 16 kHz mono float32 samples; the batch closes what it opens. */
  readonly openPcm: (path: string) => PcmReader;
  /** Null leaves takes without a score. */
  readonly scorer: TakeScorer | null;
  /** Looks at the lips of engines that do not tell them; null leaves those unknown. */
  readonly meter: MouthMeter | null;
}

/**
 * Makes takes in the order given. The film is read once through segments that lie close together, each take is
 * complete on disk before the next begins, and a cancellation leaves finished ones alone.
 */
export async function renderJobs(batch: RenderBatch, context: TaskContext): Promise<RenderedTake[]> {
  const { jobs, scene } = batch;
  const endFrame = Math.max(0, ...jobs.map((job) => job.endFrame));
  const cursor = new FilmCursor(scene.source, endFrame, context.signal);
  const voices = new Map<string, PcmReader>();
  const renderers = new Map<number, LipRenderer>();
  const count = batchProgress(jobs, context);
  const takes: RenderedTake[] = [];
  try {
    for (const job of jobs) {
      const startedMs = performance.now();
      const voice = voices.get(job.voicePcmPath) ?? batch.openPcm(job.voicePcmPath);
      voices.set(job.voicePcmPath, voice);
      const renderer = renderers.get(job.personId) ?? (await prepare(batch, job.personId, context));
      renderers.set(job.personId, renderer);
      const outcome = await renderJob({ batch, job, voice, renderer, cursor }, { ...context, ...count });
      count.finish(job);
      const elapsedMs = performance.now() - startedMs;
      const take = { segmentId: job.segmentId, takePath: job.takePath, elapsedMs, outcome };
      takes.push(take);
      context.emit({ kind: 'take', take });
    }
    return takes;
  } finally {
    await cursor.close();
    for (const voice of voices.values()) voice.close();
    for (const renderer of renderers.values()) await renderer.close();
  }
}

function prepare(
  { engine, scene }: RenderBatch,
  personId: number,
  context: TaskContext,
): Promise<LipRenderer> {
  const { emit, signal } = context;
  return engine.prepare(scene, {
    personId,
    onProgress: (progress) => emit({ kind: 'progress', progress }),
    signal,
  });
}

interface RenderStep {
  readonly batch: RenderBatch;
  readonly job: TakeJob;
  readonly voice: PcmReader;
  readonly renderer: LipRenderer;
  readonly cursor: FilmCursor;
}

async function renderJob(
  { batch, job, voice, renderer, cursor }: RenderStep,
  { signal, onProgress }: TaskContext & { readonly onProgress: (progress: StageProgress) => void },
): Promise<ScoredOutcome> {
  const { takePath, takeKey, startFrame, endFrame, personId } = job;
  const { table, video } = batch.scene.source;
  const lips = new LaidLipsGatherer(batch.scene.faces, personId, batch.meter);
  const writer = await createTakeWriter({
    takePath,
    startFrame,
    endFrame,
    format: video.planarFormat,
    timeBase: table.timeBase,
    key: takeKey,
    signal,
  });
  try {
    const outcome = await renderer.render({
      segment: {
        startFrame,
        endFrame,
        personId,
        voice: pcmWindow(voice, job.voiceStartSample, job.voiceSampleCount),
        fadeIn: job.fadeIn,
        fadeOut: job.fadeOut,
      },
      frames: cursor.read(startFrame, endFrame),
      emit: async (patch, shown) => writer.add(patch, await lips.add(patch, shown)),
      onProgress,
      signal,
    });
    const { laid, lookMs } = lips;
    // An engine that tells nothing of its lips cannot be scored; a take that changes nothing shows the film's own.
    const isKnown = laid.size > 0 || outcome.patchedFrames === 0;
    const range = { startFrame, endFrame };
    const { voiceStartSample } = job;
    const beganMs = performance.now();
    const sync =
      isKnown && batch.scorer !== null
        ? await batch.scorer.score({ personId, range, laid, voice, voiceStartSample, signal })
        : null;
    const looked = lookMs > 0 ? { look: lookMs } : {};
    const stageMs = { ...outcome.stageMs, ...looked, score: performance.now() - beganMs };
    const scored = { ...outcome, stageMs, sync };
    await writer.finish(scored);
    return scored;
  } catch (thrown) {
    await writer.abort();
    throw thrown;
  }
}

/** Adds the frames of finished segments to those of the present one, so that progress runs once over the batch. */
function batchProgress(
  jobs: readonly TakeJob[],
  { emit }: TaskContext,
): { readonly onProgress: (progress: StageProgress) => void; readonly finish: (job: TakeJob) => void } {
  const totalFrames = jobs.reduce((sum, job) => sum + job.endFrame - job.startFrame, 0);
  let finishedFrames = 0;
  return {
    onProgress: (progress) => {
      const isRender = progress.stage === 'render';
      const doneFrames = finishedFrames + progress.doneFrames;
      emit({
        kind: 'progress',
        progress: isRender ? { stage: 'render', doneFrames, totalFrames } : progress,
      });
    },
    finish: (job) => {
      finishedFrames += job.endFrame - job.startFrame;
    },
  };
}

import { realpath } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { DubwrightError } from '../../contract/errors.ts';
import { rationalToNumber } from '../../core/time/rational.ts';
import type { ExportFilmInput, ExportFilmResult } from '../host/tasks.ts';
import type { OnProgress } from '../lipsync/types.ts';
import { containerFor } from '../media/encode-options.ts';
import type { VideoFrame } from '../media/frame.ts';
import { openFrameReader } from '../media/frame-reader.ts';
import type { ExtraStreams, FrameWriter } from '../media/frame-writer.ts';
import { openFrameWriter } from '../media/frame-writer.ts';
import { openSource } from '../media/open-source.ts';
import { checkOutputPath, discard, writeTextFile } from '../media/output-file.ts';
import type { PresentationTable, SourceVideo } from '../media/types.ts';
import { dubbedSound, measureVoice, originalSound } from './film-sound.ts';
import { layPatch } from './lay-patch.ts';
import { labelTags, sidecarPathFor, sidecarText } from './provenance.ts';
import { sequenceTakes } from './take-sequence.ts';

/** What `exportFilm` talks to while it works. */
export interface ExportHooks {
  readonly onProgress: OnProgress;
  readonly warn: (text: string) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Lays takes over a film, adds the sound and writes the finished file with its sidecar, in one pass: decoder, patches
 * and encoder run at the same time and only a few frames are in memory. The file and its sidecar appear when complete.
 * @throws DubwrightError OUTPUT_FORMAT_UNKNOWN, OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE, DISK_FULL, FFMPEG_FAILED, CANCELLED,
 *   those of `openSource` and `measureVoice`, and FILE_NOT_READABLE for a damaged take
 */
export async function exportFilm(input: ExportFilmInput, hooks: ExportHooks): Promise<ExportFilmResult> {
  const startedAt = performance.now();
  const warnings: string[] = [];
  const warn = (text: string) => {
    warnings.push(text);
    hooks.warn(text);
  };
  const outPath = resolve(input.outPath);
  containerFor(outPath, input.codec);
  await checkOutputPath(outPath, input.overwrite);
  await refuseOwnSource(outPath, input.sourcePath);
  const source = await openSource(resolve(input.sourcePath), hooks.signal);
  const plan = await planFilm({ ...input, outPath }, source, { ...hooks, warn });
  const written = await writeFilm({ input: { ...input, outPath }, source, plan }, { ...hooks, warn });
  const sidecarPath = sidecarPathFor(outPath);
  const outName = basename(outPath);
  const { frameRate } = source.video;
  try {
    await writeTextFile(sidecarPath, sidecarText(input.provenance, { outName, frameRate, ...written }));
  } catch (thrown) {
    // Without its label the film must not go out.
    await discard(outPath);
    throw thrown;
  }
  return { outPath, sidecarPath, ...written, elapsedMs: performance.now() - startedAt, warnings };
}

/** Whatever `overwrite` says: nobody means to lose the film itself. */
async function refuseOwnSource(outPath: string, sourcePath: string): Promise<void> {
  const real = (path: string) => realpath(path).catch(() => resolve(path));
  if ((await real(outPath)) === (await real(sourcePath))) {
    throw new DubwrightError('OUTPUT_EXISTS', { path: outPath, reason: 'is the source' });
  }
}

interface FilmPlan {
  readonly extra: ExtraStreams;
  /** How often the last frame is repeated for a voice that goes on. */
  readonly heldFrames: number;
  /** Ticks of one repeated frame. */
  readonly heldTicks: number;
}

async function planFilm(input: ExportFilmInput, source: SourceVideo, hooks: ExportHooks): Promise<FilmPlan> {
  const { info, table, video } = source;
  const container = containerFor(input.outPath, input.codec);
  const target = { container, isMaster: input.codec === 'prores' || input.codec === 'ffv1' };
  const tickSeconds = rationalToNumber(table.timeBase);
  const heldTicks = Math.max(1, Math.round(1 / (tickSeconds * rationalToNumber(video.frameRate))));
  if (input.voice === null)
    return { extra: originalSound(info, target, hooks.warn), heldFrames: 0, heldTicks };
  const voice = await measureVoice(input.voice, info, target, hooks.signal);
  const filmSeconds = table.ticks[table.frameCount] * tickSeconds;
  const excess = voice.endSeconds - filmSeconds;
  // Less than a frame is no reason to say or do anything.
  const isLonger = excess > heldTicks * tickSeconds;
  const heldFrames = isLonger && input.extend === 'hold' ? Math.ceil(excess / (heldTicks * tickSeconds)) : 0;
  if (isLonger) hooks.warn(excessWarning(excess, heldFrames));
  const totalSeconds = filmSeconds + heldFrames * heldTicks * tickSeconds;
  const underDb = input.originalUnderDb;
  const extra = dubbedSound({ film: info, voice, underDb, totalSeconds, target, warn: hooks.warn });
  return { extra, heldFrames, heldTicks };
}

function excessWarning(excessSeconds: number, heldFrames: number): string {
  const by = `The voice is ${excessSeconds.toFixed(2)} s longer than the film`;
  return heldFrames > 0 ? `${by}: the last frame is held.` : `${by}: its end was cut off.`;
}

/** Greatest common step of all presentation times. */
function tickStepOf(table: PresentationTable, heldTicks: number, heldFrames: number): number {
  let step = heldFrames > 0 ? heldTicks : 0;
  for (const tick of table.ticks) {
    let [a, b] = [step, Math.abs(tick)];
    while (b !== 0) [a, b] = [b, a % b];
    step = a;
    if (step === 1) break;
  }
  return Math.max(1, step);
}

interface FilmJob {
  readonly input: ExportFilmInput;
  readonly source: SourceVideo;
  readonly plan: FilmPlan;
}

async function writeFilm(job: FilmJob, hooks: ExportHooks) {
  const { input, source, plan } = job;
  const { table, video } = source;
  const writer = await openFrameWriter({
    ...video,
    format: video.planarFormat,
    timeBase: table.timeBase,
    tickStep: tickStepOf(table, plan.heldTicks, plan.heldFrames),
    outPath: input.outPath,
    overwrite: input.overwrite,
    codec: input.codec,
    metadata: labelTags(input.provenance),
    extra: plan.extra,
    warn: hooks.warn,
    signal: hooks.signal,
  });
  try {
    const { last, patchedFrames } = await writeFrames(job, writer, hooks);
    const end = table.ticks[table.frameCount];
    for (let i = 0; i < plan.heldFrames; i++) {
      await writer.write(last, end + i * plan.heldTicks, end + (i + 1) * plan.heldTicks);
    }
    await writer.finish();
    return { frameCount: table.frameCount + plan.heldFrames, patchedFrames };
  } catch (thrown) {
    await writer.abort();
    throw thrown;
  }
}

async function writeFrames({ input, source }: FilmJob, writer: FrameWriter, hooks: ExportHooks) {
  const { table, video } = source;
  const takes = sequenceTakes(input.takes, video.planarFormat);
  const { signal } = hooks;
  const reader = await openFrameReader({ source, startFrame: 0, endFrame: table.frameCount, signal });
  let last: VideoFrame | null = null;
  let patchedFrames = 0;
  try {
    for await (const frame of reader) {
      const patch = await takes.patchFor(frame.index);
      if (patch !== null) {
        layPatch(frame, patch);
        patchedFrames++;
      }
      await writer.write(frame, table.ticks[frame.index], table.ticks[frame.index + 1]);
      last = frame;
      hooks.onProgress({ stage: 'export', doneFrames: frame.index + 1, totalFrames: table.frameCount });
    }
  } finally {
    await reader.close();
    await takes.close();
  }
  if (last === null) throw new DubwrightError('MEDIA_NO_FRAMES', { path: input.sourcePath });
  return { last, patchedFrames };
}

import { existsSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { DubwrightError } from '../../contract/errors.ts';
import type { DubRequest } from '../../contract/dub.ts';
import type { OutputRecord } from '../../core/project/records.ts';
import { outputKey } from '../../core/takes/output-key.ts';
import { mergeRanges } from '../../core/time/frame-range.ts';
import { checkOutputPath } from '../../engine/media/output-file.ts';
import { sha256OfText } from '../hashing.ts';
import { productSignature } from '../product.ts';
import { readOutput, writeOutput } from '../store/outputs-table.ts';
import { nameOf } from './media-inputs.ts';
import type { MediaInputs } from './media-inputs.ts';
import type { PlannedTake } from './plan-takes.ts';
import type { RenderTools } from './render-missing.ts';

function isSameFile(a: string, b: string): boolean {
  if (!existsSync(a) || !existsSync(b)) return resolve(a) === resolve(b);
  return realpathSync(a) === realpathSync(b);
}

/**
 * Looks before the long work begins whether the finished film could be written.
 * @throws DubwrightError OUTPUT_NOT_WRITABLE; USAGE when the output would replace one of the inputs
 */
export async function checkOutput(request: DubRequest): Promise<void> {
  const { outPath, sourcePath, subtitlesPath, voicePath } = request;
  for (const input of [sourcePath, voicePath, subtitlesPath]) {
    if (input !== null && isSameFile(outPath, input)) {
      throw new DubwrightError('USAGE', {
        problem: `the output "${outPath}" would replace one of its inputs`,
      });
    }
  }
  await checkOutputPath(resolve(outPath), true);
}

/** The film that this project wrote to a path, when it is still there as it was written; else null. */
export function untouchedOutput(store: RenderTools['store'], outPath: string): OutputRecord | null {
  const path = resolve(outPath);
  const record = readOutput(store.db, path);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (record === null || stats === undefined) return null;
  const isSame = stats.size === record.sizeBytes && stats.mtimeMs === record.modifiedMs;
  return isSame && existsSync(record.sidecarPath) ? record : null;
}

/**
 * @throws DubwrightError OUTPUT_EXISTS when something lies at the output's name that may not be overwritten
 */
export function requireFreeOutput(request: DubRequest): void {
  if (!request.overwrite && existsSync(request.outPath)) {
    throw new DubwrightError('OUTPUT_EXISTS', { path: request.outPath });
  }
}

/** Everything the finished film is made of. */
export interface OutputPlan {
  readonly request: DubRequest;
  readonly inputs: MediaInputs;
  /** Takes that change pixels, in film order. */
  readonly takes: readonly PlannedTake[];
  readonly engineFingerprint: string;
}

/** Names the content of the finished film. */
export function keyOfOutput({ engineFingerprint, inputs, request, takes }: OutputPlan): string {
  const { codec, extend, keepOriginalAudioDb, voiceStartMs } = request;
  const labels = {
    product: productSignature,
    sourceName: nameOf(inputs.source),
    voiceName: nameOf(inputs.voice),
  };
  return outputKey(
    {
      sourceSha256: inputs.source.sha256,
      voiceSha256: inputs.voice.sha256,
      takeKeys: takes.map((take) => take.key),
      settings: { codec, extend, keepOriginalAudioDb, voiceStartMs, engineFingerprint, ...labels },
    },
    sha256OfText,
  );
}

/** Lays the takes over the film, writes it, and notes what was written. */
export async function exportOutput(plan: OutputPlan, tools: RenderTools): Promise<OutputRecord> {
  const { engineFingerprint, inputs, request, takes } = plan;
  const result = await tools.engine.call(
    'exportFilm',
    {
      sourcePath: inputs.source.info.path,
      takes: takes.map(({ path, segment }) => ({
        takePath: path,
        startFrame: segment.startFrame,
        endFrame: segment.endFrame,
      })),
      outPath: resolve(request.outPath),
      codec: request.codec,
      overwrite: request.overwrite,
      voice: { path: inputs.voice.info.path, streamIndex: null, startMs: request.voiceStartMs },
      originalUnderDb: request.keepOriginalAudioDb,
      extend: request.extend,
      provenance: {
        generator: productSignature,
        engine: request.engine.id,
        engineFingerprint,
        sourceName: nameOf(inputs.source),
        sourceSha256: inputs.source.sha256,
        voiceName: nameOf(inputs.voice),
        voiceSha256: inputs.voice.sha256,
        syntheticRanges: mergeRanges(takes.map((take) => take.segment)).map(
          ({ startFrame, endFrame }) => [startFrame, endFrame] as const,
        ),
      },
    },
    { onEvent: tools.log.fromEngine, signal: tools.signal },
  );
  for (const warning of result.warnings) tools.log.warn(warning);
  const stats = statSync(result.outPath);
  const record: OutputRecord = {
    path: resolve(request.outPath),
    key: keyOfOutput(plan),
    sizeBytes: stats.size,
    modifiedMs: stats.mtimeMs,
    createdMs: Date.now(),
    sidecarPath: result.sidecarPath,
    patchedFrames: result.patchedFrames,
  };
  tools.store.edit((db) => writeOutput(db, record));
  return record;
}

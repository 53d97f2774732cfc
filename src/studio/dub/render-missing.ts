import { basename } from 'node:path';
import type { DubRequest } from '../../contract/dub.ts';
import type { TakeOutcome } from '../../core/project/records.ts';
import type { EngineEvent, FilmFiles, RenderedTake } from '../../engine/host/tasks.ts';
import type { EnginePort } from '../engine-port.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { writeCurrentTake } from '../store/takes-table.ts';
import type { JobLog } from './job-log.ts';
import type { PlannedTake } from './plan-takes.ts';

/** What rendering needs besides the takes themselves. */
export interface RenderRequest {
  /** In film order. */
  readonly takes: readonly PlannedTake[];
  readonly film: FilmFiles;
  readonly voicePcmPath: string;
  readonly engineChoice: DubRequest['engine'];
}

/** Who does it, and who hears of it. */
export interface RenderTools {
  readonly engine: EnginePort;
  readonly store: ProjectStore;
  readonly log: JobLog;
  readonly signal: AbortSignal;
}

/** What the engine said: about each take, by key, and which execution provider it used, if it told. */
export interface Rendering {
  readonly outcomes: ReadonlyMap<string, TakeOutcome>;
  readonly provider: string | null;
}

/**
 * Renders takes. Each is written into the project the moment it is finished, so that whatever happens afterwards, it
 * is not rendered again.
 */
export async function renderMissing(request: RenderRequest, tools: RenderTools): Promise<Rendering> {
  const { engine, log, signal, store } = tools;
  const bySegment = new Map(request.takes.map((take) => [take.segment.id, take]));
  const finished = new Map<string, TakeOutcome>();
  const keep = (rendered: RenderedTake): void => {
    const take = bySegment.get(rendered.segmentId);
    if (take === undefined || finished.has(take.key)) return;
    const outcome = { ...rendered.outcome, elapsedMs: rendered.elapsedMs };
    finished.set(take.key, outcome);
    noteTake(store, take, outcome);
    // The same remark about every segment is heard once; the report has them all.
    for (const note of outcome.notes) log.noteOnce(note, `segment ${take.segment.id}`);
    const counts = { finished: finished.size, total: request.takes.length };
    log.emit({ kind: 'take', segmentId: take.segment.id, takeKey: take.key, ...counts });
  };
  const onEvent = (event: EngineEvent): void => {
    if (event.kind === 'take') keep(event.take);
    else log.fromEngine(event);
  };
  const input = {
    ...request.film,
    engine: request.engineChoice,
    jobs: request.takes.map(({ face, key, path, segment, voiceSampleCount, voiceStartSample, fades }) => ({
      segmentId: segment.id,
      startFrame: segment.startFrame,
      endFrame: segment.endFrame,
      personId: face.personId,
      voicePcmPath: request.voicePcmPath,
      voiceStartSample,
      voiceSampleCount,
      ...fades,
      takePath: path,
      takeKey: key,
    })),
  };
  const { provider, takes } = await engine.call('renderTakes', input, { onEvent, signal });
  for (const take of takes) keep(take);
  return { outcomes: finished, provider: provider ?? null };
}

function noteTake(store: ProjectStore, take: PlannedTake, outcome: TakeOutcome): void {
  const { key, path, segment } = take;
  store.edit((db) => {
    writeCurrentTake(db, {
      key,
      segmentId: segment.id,
      startFrame: segment.startFrame,
      endFrame: segment.endFrame,
      file: basename(path),
      createdMs: Date.now(),
      outcome,
    });
  });
}

import { basename } from 'node:path';
import type { TakeOutcome } from '../../core/project/records.ts';
import type { FilmFiles } from '../../engine/host/tasks.ts';
import { readTake, writeCurrentTake } from '../store/takes-table.ts';
import type { FinishedTakes, PlannedTake } from './plan-takes.ts';
import type { RenderTools } from './render-missing.ts';

/** What scoring finished takes needs. */
export interface RescoreRequest {
  readonly takes: readonly PlannedTake[];
  readonly finished: FinishedTakes;
  readonly film: FilmFiles;
  readonly voicePcmPath: string;
  /** Name of the expert at hand; null without one. */
  readonly expert: string | null;
}

/**
 * Scores takes of earlier runs that have no score, or one of another expert, by the lips they keep; nothing is rendered
 * for it.
 * @returns all finished takes, with the scores known now
 */
export async function scoreReused(request: RescoreRequest, tools: RenderTools): Promise<FinishedTakes> {
  const { expert, film, finished, takes, voicePcmPath } = request;
  const { engine, log, signal } = tools;
  const unscored = takes.filter(({ key }) => finished.has(key) && finished.get(key)?.sync?.expert !== expert);
  if (expert === null || unscored.length === 0) return finished;
  const jobs = unscored.map(({ face, key, path, voiceStartSample }) => ({
    ...{ takeKey: key, takePath: path, personId: face.personId, voicePcmPath, voiceStartSample },
  }));
  const { scores } = await log.stage('scores', () =>
    engine.call('scoreTakes', { ...film, takes: jobs }, { onEvent: log.fromEngine, signal }),
  );
  const known = new Map(finished);
  for (const { sync, takeKey } of scores) {
    const outcome = known.get(takeKey);
    if (outcome !== undefined) known.set(takeKey, { ...outcome, sync });
  }
  note(tools, unscored, known);
  return known;
}

function note({ store }: RenderTools, takes: readonly PlannedTake[], known: FinishedTakes): void {
  store.edit((db) => {
    for (const { key, path, segment } of takes) {
      const outcome: TakeOutcome | undefined = known.get(key);
      if (outcome === undefined) continue;
      const { endFrame, id, startFrame } = segment;
      const createdMs = readTake(db, key)?.createdMs ?? Date.now();
      writeCurrentTake(db, {
        ...{ key, segmentId: id, startFrame, endFrame, file: basename(path), createdMs, outcome },
      });
    }
  });
}

import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SegmentFace } from '../../contract/dub.ts';
import type { TakeOutcome } from '../../core/project/records.ts';
import type { Segment } from '../../core/segments/segment.ts';
import { canonicalJson } from '../../core/takes/canonical-json.ts';
import type { CanonicalValue } from '../../core/takes/canonical-json.ts';
import { takeKey } from '../../core/takes/take-key.ts';
import { sampleAtFrame } from '../../core/time/frame-clock.ts';
import type { FrameClock } from '../../core/time/frame-clock.ts';
import { faceAnalysisVersion } from '../../engine/faces/face-store.ts';
import type { AnalyseResult } from '../../engine/host/tasks.ts';
import type { PcmReader } from '../../engine/lipsync/types.ts';
import { readTakeInfo } from '../../engine/takes/take-reader.ts';
import { sha256OfSamples, sha256OfText } from '../hashing.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { readTake, writeCurrentTake } from '../store/takes-table.ts';
import { isOnScreen } from './choose-face.ts';

/** A segment with the take it needs. */
export interface PlannedTake {
  readonly segment: Segment;
  readonly face: SegmentFace;
  readonly key: string;
  readonly path: string;
  /** May be negative where the voice begins inside the segment: silence. */
  readonly voiceStartSample: number;
  readonly voiceSampleCount: number;
  readonly fades: Fades;
}

/** Where a take passes over from or to the film's own mouth, because no other segment touches it there. */
interface Fades {
  readonly fadeIn: boolean;
  readonly fadeOut: boolean;
}

function fadesOf(segment: Segment, all: readonly Segment[], clock: FrameClock): Fades {
  return {
    fadeIn: segment.startFrame > 0 && !all.some((other) => other.endFrame === segment.startFrame),
    fadeOut:
      segment.endFrame < clock.frameCount && !all.some((other) => other.startFrame === segment.endFrame),
  };
}

/** What is to be done for each segment. */
export type SegmentPlan =
  | { readonly kind: 'take'; readonly take: PlannedTake }
  | {
      readonly kind: 'skip';
      readonly segment: Segment;
      /** Whose lips it would have been; null when nobody is in the film. */
      readonly face: SegmentFace | null;
      readonly reason: string;
    };

/** What take keys are made of, besides the segments. */
export interface TakePlanRequest {
  readonly segments: readonly Segment[];
  readonly faceOf: (segment: Segment) => SegmentFace;
  readonly analysis: AnalyseResult;
  readonly sourceSha256: string;
  readonly engineFingerprint: string;
  readonly voice: PcmReader;
  readonly voiceStartMs: number;
  readonly clock: FrameClock;
  readonly takesFolder: string;
}

/** Changes with what was found and with the version that looked. */
function facesFingerprint(analysis: AnalyseResult): string {
  const faces = JSON.parse(JSON.stringify(analysis.faces)) as CanonicalValue;
  return sha256OfText(canonicalJson({ version: faceAnalysisVersion, faces }));
}

/** Decides for every segment whether it needs a take, and which. */
export function planTakes(request: TakePlanRequest): SegmentPlan[] {
  const { analysis, clock, faceOf, voice } = request;
  const fingerprint = facesFingerprint(analysis);
  const placement = { sampleRateHz: voice.sampleRateHz, startMs: request.voiceStartMs };
  return request.segments.map((segment): SegmentPlan => {
    const face = faceOf(segment);
    if (!isOnScreen(analysis.faces, face.personId, segment)) {
      return { kind: 'skip', segment, face, reason: `person ${face.personId} is not in the picture` };
    }
    const voiceStartSample = sampleAtFrame(clock, segment.startFrame, placement);
    const voiceSampleCount = sampleAtFrame(clock, segment.endFrame, placement) - voiceStartSample;
    if (voiceStartSample >= voice.sampleCount || voiceStartSample + voiceSampleCount <= 0) {
      return { kind: 'skip', segment, face, reason: 'the voice does not sound here' };
    }
    const fades = fadesOf(segment, request.segments, clock);
    const key = takeKey(
      {
        sourceSha256: request.sourceSha256,
        range: { startFrame: segment.startFrame, endFrame: segment.endFrame },
        personId: face.personId,
        facesFingerprint: fingerprint,
        voiceSha256: sha256OfSamples(voice, voiceStartSample, voiceSampleCount),
        engineFingerprint: request.engineFingerprint,
        parameters: { ...fades },
      },
      sha256OfText,
    );
    const path = join(request.takesFolder, `${key}.take`);
    return { kind: 'take', take: { segment, face, key, path, voiceStartSample, voiceSampleCount, fades } };
  });
}

/** Takes that are finished on disk already, with what is known of them, by key. */
export type FinishedTakes = ReadonlyMap<string, TakeOutcome>;

/**
 * Looks which takes need no rendering: their file is complete. A file that no row tells of (its process was killed
 * between the two) counts as well. All of them become their segments' current takes in one edit.
 */
export async function findFinishedTakes(
  store: ProjectStore,
  takes: readonly PlannedTake[],
): Promise<FinishedTakes> {
  const finished = new Map<string, TakeOutcome>();
  for (const take of takes) {
    if (!existsSync(take.path)) continue;
    const info = await readTakeInfo(take.path);
    if (info?.key !== take.key) continue;
    const known = readTake(store.db, take.key)?.outcome;
    finished.set(take.key, known ?? { ...info.outcome, elapsedMs: 0 });
  }
  store.edit((db) => {
    for (const { key, path, segment } of takes) {
      const outcome = finished.get(key);
      if (outcome === undefined) continue;
      const { startFrame, endFrame } = segment;
      writeCurrentTake(db, {
        ...{ key, segmentId: segment.id, startFrame, endFrame },
        ...{ file: basename(path), createdMs: readTake(db, key)?.createdMs ?? Date.now(), outcome },
      });
    }
  });
  return finished;
}

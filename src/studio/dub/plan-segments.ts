import type { DubRequest } from '../../contract/dub.ts';
import { segmentsFromCues } from '../../core/segments/segments-from-cues.ts';
import { segmentsFromPauses, voiceFrameRange } from '../../core/segments/segments-from-pauses.ts';
import type { Segment, SegmentDraft } from '../../core/segments/segment.ts';
import { sampleAtFrame } from '../../core/time/frame-clock.ts';
import type { SoundPlacement } from '../../core/time/frame-clock.ts';
import { findPauses } from '../../engine/audio/voice-activity.ts';
import type { PcmReader } from '../../engine/lipsync/types.ts';
import { writeMedia } from '../store/media-table.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { readSegments, replaceSegments } from '../store/segments-table.ts';
import { readSetting, writeSetting } from '../store/settings-table.ts';
import type { MediaInputs } from './media-inputs.ts';

/** Short pauses serve only where a long stretch has no better one. */
const minPauseMs = 120;

/** What segments are planned from. */
export interface SegmentPlanRequest {
  readonly request: DubRequest;
  readonly inputs: MediaInputs;
  readonly voice: PcmReader;
  readonly store: ProjectStore;
}

/** Where the pauses were cut last time, when the voice began at the same moment. */
function earlierCuts({ inputs, request, store }: SegmentPlanRequest, placement: SoundPlacement): number[] {
  if (readSetting(store.db, 'voiceStartMs') !== request.voiceStartMs) return [];
  return readSegments(store.db)
    .filter((segment) => segment.origin === 'voice' && segment.startFrame < inputs.clock.frameCount)
    .map((segment) => sampleAtFrame(inputs.clock, segment.startFrame, placement));
}

function draftSegments(plan: SegmentPlanRequest, placement: SoundPlacement): SegmentDraft[] {
  const { inputs, request, voice } = plan;
  const { clock, cues } = inputs;
  if (cues !== null) {
    const voiceRange = voiceFrameRange(clock, voice.sampleCount, placement);
    // Subtitles come with the voice: they move with it.
    const placed = cues.map((cue) => ({
      ...cue,
      startMs: cue.startMs + request.voiceStartMs,
      endMs: cue.endMs + request.voiceStartMs,
    }));
    return segmentsFromCues({ cues: placed, clock, between: request.between, voiceRange });
  }
  const pauses = findPauses(voice, { minPauseMs }).filter((run) => run.kind === 'pause');
  return segmentsFromPauses({
    pauses,
    sampleCount: voice.sampleCount,
    placement,
    clock,
    earlierCuts: earlierCuts(plan, placement),
  });
}

/** Finds the segments and writes them, with the files they come from, into the project in one edit. */
export function planSegments(plan: SegmentPlanRequest): Segment[] {
  const { inputs, request, store, voice } = plan;
  const placement = { sampleRateHz: voice.sampleRateHz, startMs: request.voiceStartMs };
  const drafts = draftSegments(plan, placement);
  return store.edit((db) => {
    for (const record of inputs.records) writeMedia(db, record);
    writeSetting(db, 'voiceStartMs', request.voiceStartMs);
    return replaceSegments(db, drafts);
  });
}

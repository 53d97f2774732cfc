import type { DubReport, DubRequest, SegmentReport } from '../../contract/dub.ts';
import type { OutputRecord, TakeOutcome } from '../../core/project/records.ts';
import { reviewTake } from '../../core/takes/review-take.ts';
import type { SyncFigures, TakeSync } from '../../core/takes/take-sync.ts';
import { frameStartSeconds } from '../../core/time/frame-clock.ts';
import { frameCountOf } from '../../core/time/frame-range.ts';
import type { AnalyseResult } from '../../engine/host/tasks.ts';
import type { Person } from './choose-face.ts';
import type { JobLog } from './job-log.ts';
import type { MediaInputs } from './media-inputs.ts';
import type { SegmentPlan } from './plan-takes.ts';

/** Everything that a finished job knows. */
export interface ReportFacts {
  readonly request: DubRequest;
  readonly projectPath: string | null;
  readonly inputs: MediaInputs;
  readonly analysis: AnalyseResult;
  readonly person: Person | null;
  readonly plans: readonly SegmentPlan[];
  readonly rendered: ReadonlyMap<string, TakeOutcome>;
  readonly reused: ReadonlyMap<string, TakeOutcome>;
  readonly engine: DubReport['engine'];
  readonly output: OutputRecord;
  readonly exported: boolean;
  readonly log: JobLog;
  readonly peakMemoryBytes: number;
}

function segmentReport(plan: SegmentPlan, facts: ReportFacts): SegmentReport {
  const segment = plan.kind === 'take' ? plan.take.segment : plan.segment;
  const { endFrame, id, startFrame, text } = segment;
  const startSeconds = round(frameStartSeconds(facts.inputs.clock, startFrame), 1e6);
  const common = { id, startFrame, endFrame, startSeconds, text };
  if (plan.kind === 'skip') {
    const nothing = { takeKey: null, patchedFrames: 0, framesWithoutFace: null };
    const { face, reason } = plan;
    return { ...common, ...nothing, state: 'skipped', notes: [reason], face, ...scoreReport(null) };
  }
  const { face, key } = plan.take;
  const outcome = facts.rendered.get(key) ?? facts.reused.get(key);
  return {
    ...common,
    takeKey: key,
    state: facts.rendered.has(key) ? 'rendered' : 'reused',
    patchedFrames: outcome?.patchedFrames ?? null,
    framesWithoutFace: outcome?.framesWithoutFace ?? null,
    notes: [...(outcome?.notes ?? [])],
    face,
    ...scoreReport(outcome?.sync ?? null),
  };
}

function scoreReport(
  sync: TakeSync | null,
): Pick<SegmentReport, 'sync' | 'originalSync' | 'lipMovement' | 'review'> {
  const { needed, reasons } = reviewTake(sync);
  return {
    sync: sync && roundFigures(sync.take),
    originalSync: sync?.original ? roundFigures(sync.original) : null,
    lipMovement: sync && round(sync.lipMovement),
    review: { needed, reasons: [...reasons] },
  };
}

/** Three decimals say more than the expert knows. */
function roundFigures(figures: SyncFigures): SyncFigures {
  const { comparedSeconds, confidence, distance } = figures;
  return {
    ...figures,
    confidence: round(confidence, 1000),
    distance: round(distance, 1000),
    comparedSeconds: round(comparedSeconds),
  };
}

/** Everybody whose lips were dubbed and scored, with what their own lips reach in the film. */
function dubbedFaces({ analysis, plans, rendered, reused }: ReportFacts): DubReport['dubbedFaces'] {
  const scores = new Map<number, TakeSync>();
  for (const plan of plans) {
    if (plan.kind === 'skip') continue;
    const { face, key } = plan.take;
    const sync = (rendered.get(key) ?? reused.get(key))?.sync;
    if (sync) scores.set(face.personId, sync);
  }
  return analysis.faces.people.flatMap((person) => {
    const sync = scores.get(person.personId);
    return sync ? [{ ...person, originalSync: sync.film && roundFigures(sync.film) }] : [];
  });
}

const round = (value: number, steps = 100): number => Math.round(value * steps) / steps;

function perSecond(frames: number, elapsedMs: number | undefined): number | null {
  return frames === 0 || elapsedMs === undefined || elapsedMs === 0
    ? null
    : round((frames * 1000) / elapsedMs);
}

/** Stages inside the engine's rendering, summed over the takes of this run, as `render/<stage>`. */
function stageTimes(facts: ReportFacts): Record<string, number> {
  const times = facts.log.allStageMs();
  for (const { stageMs } of facts.rendered.values()) {
    for (const [stage, ms] of Object.entries(stageMs)) {
      times[`render/${stage}`] = Math.round((times[`render/${stage}`] ?? 0) + ms);
    }
  }
  return times;
}

/** Puts the report together. */
export function buildReport(facts: ReportFacts): DubReport {
  const { analysis, inputs, log, output, person } = facts;
  const segments = facts.plans.map((plan) => segmentReport(plan, facts));
  const inState = (state: SegmentReport['state']): SegmentReport[] =>
    segments.filter((segment) => segment.state === state);
  const renderedFrames = inState('rendered').reduce((sum, segment) => sum + frameCountOf(segment), 0);
  const totalMs = log.elapsedMs;
  const frameCount = inputs.clock.frameCount;
  return {
    version: 2,
    outPath: output.path,
    sidecarPath: output.sidecarPath,
    projectPath: facts.projectPath,
    frameCount,
    frameRate: { num: inputs.video.frameRate.num, den: inputs.video.frameRate.den },
    width: inputs.video.width,
    height: inputs.video.height,
    engine: facts.engine,
    face: person === null ? null : { ...person },
    otherFaces: analysis.faces.people.filter((other) => other !== person).map((other) => ({ ...other })),
    segments,
    dubbedFaces: dubbedFaces(facts),
    renderedSegments: inState('rendered').length,
    reusedSegments: inState('reused').length,
    skippedSegments: inState('skipped').length,
    scoredSegments: segments.filter(({ sync }) => sync !== null).length,
    segmentsToReview: segments.filter(({ review }) => review.needed).length,
    renderedFrames,
    patchedFrames: output.patchedFrames,
    exported: facts.exported,
    analysisFromCache: analysis.fromCache,
    stageMs: stageTimes(facts),
    totalMs: Math.round(totalMs),
    framesPerSecond: round((frameCount * 1000) / totalMs),
    renderFramesPerSecond: perSecond(renderedFrames, log.stageMs['render']),
    exportFramesPerSecond: facts.exported ? perSecond(frameCount, log.stageMs['export']) : null,
    peakMemoryBytes: facts.peakMemoryBytes,
    notes: [...log.notes],
    warnings: [...log.warnings],
  };
}

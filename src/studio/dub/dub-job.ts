import { existsSync } from 'node:fs';
import { DubwrightError } from '../../contract/errors.ts';
import type { DubReport, DubRequest } from '../../contract/dub.ts';
import type { OutputRecord, TakeOutcome } from '../../core/project/records.ts';
import { openPcmFile } from '../../engine/audio/pcm-file.ts';
import type { AnalyseResult, FilmFiles } from '../../engine/host/tasks.ts';
import { writeSetting } from '../store/settings-table.ts';
import { buildReport } from './build-report.ts';
import { choosePerson } from './choose-face.ts';
import type { Person } from './choose-face.ts';
import { faceOfSegment, listenForSpeakers, sentenceAboutFaces } from './choose-faces.ts';
import {
  checkOutput,
  exportOutput,
  keyOfOutput,
  requireFreeOutput,
  untouchedOutput,
} from './finish-output.ts';
import type { JobLog } from './job-log.ts';
import { decodeSounds, warnAboutLength } from './job-sounds.ts';
import type { Job, JobTools } from './job.ts';
import { readInputs } from './media-inputs.ts';
import { planSegments } from './plan-segments.ts';
import { findFinishedTakes, planTakes } from './plan-takes.ts';
import type { FinishedTakes, PlannedTake, SegmentPlan } from './plan-takes.ts';
import { renderMissing } from './render-missing.ts';
import type { Rendering, RenderRequest, RenderTools } from './render-missing.ts';
import { scoreReused } from './score-reused.ts';
import { openWorkspace } from './workspace.ts';

/** Runs a whole job; `dub` in dub-service.ts is its door. */
export async function runDubJob(request: DubRequest, tools: JobTools): Promise<DubReport> {
  const { cacheRoot, engine, index, log, signal } = tools;
  const { engineFacts, inputs } = await log.stage('probe', async () => {
    await checkOutput(request);
    // The engine looks at itself while files are looked at.
    const facts = engine.call('describeEngine', { engine: request.engine }, { signal });
    facts.catch(() => undefined);
    const inputs = await readInputs(request, { engine, index, signal });
    return { inputs, engineFacts: await facts };
  });
  // A project that does not exist yet has written nothing, so what lies there is somebody else's.
  if (request.projectPath !== null && !existsSync(request.projectPath)) requireFreeOutput(request);
  const workspace = openWorkspace({
    projectPath: request.projectPath,
    sourceSha256: inputs.source.sha256,
    voicePath: inputs.voice.info.path,
    cacheRoot,
    index,
  });
  try {
    if (untouchedOutput(workspace.store, request.outPath) === null) requireFreeOutput(request);
    return await dubInWorkspace({ request, tools, inputs, engineFacts, workspace });
  } finally {
    workspace.close();
  }
}

async function dubInWorkspace(job: Job): Promise<DubReport> {
  const { inputs, request, tools, workspace } = job;
  const { log } = tools;
  const sounds = await log.stage('sound', () => decodeSounds(job));
  const voice = openPcmFile(sounds.voice);
  try {
    if (voice.sampleCount === 0) throw new DubwrightError('AUDIO_EMPTY', { path: request.voicePath });
    warnAboutLength(job, voice);
    const analysis = await log.stage('faces', () => analyse(job));
    const person = choosePerson(analysis.faces, request.face, inputs.clock);
    const segments = await log.stage('segments', () =>
      planSegments({ request, inputs, voice, store: workspace.store }),
    );
    const film = {
      sourcePath: inputs.source.info.path,
      facesFolder: analysis.facesFolder,
      cacheFolder: workspace.cacheFolder,
      originalPcmPath: sounds.original,
    };
    const faceOf = person === null ? null : await chooseFaces(job, { analysis, person, film });
    const plans = planTakesOf(job, { segments, faceOf, analysis, voice });
    noteFaces(log, analysis, plans);
    const takes = plans.flatMap((plan) => (plan.kind === 'take' ? [plan.take] : []));
    const finished = await log.stage('keys', () => findFinishedTakes(workspace.store, takes));
    requireRoomForOutput(job, takes, finished);
    const work = { takes, finished, film, voicePcmPath: sounds.voice };
    const reused = await scoreReused({ ...work, expert: job.engineFacts.expert }, renderTools(job));
    const { outcomes: rendered, provider } = await renderTakes(job, work);
    const outcomes = new Map([...reused, ...rendered]);
    const { exported, output } = await writeFilm(job, changing(takes, outcomes));
    return buildReport({
      ...{ request, inputs, analysis, person, plans, rendered, reused, output, exported, log },
      projectPath: workspace.projectPath,
      engine: {
        id: request.engine.id,
        fingerprint: job.engineFacts.fingerprint,
        modelLicence: job.engineFacts.modelLicence,
        facesProvider: analysis.provider ?? null,
        generatorProvider: provider,
      },
      peakMemoryBytes: tools.memory.peakBytes,
    });
  } finally {
    voice.close();
  }
}

function analyse({ inputs, tools, workspace }: Job): Promise<AnalyseResult> {
  return tools.engine.call(
    'analyse',
    {
      sourcePath: inputs.source.info.path,
      cacheFolder: workspace.cacheFolder,
      sourceSha256: inputs.source.sha256,
    },
    { onEvent: tools.log.fromEngine, signal: tools.signal },
  );
}

type FaceOf = Parameters<typeof planTakes>[0]['faceOf'];

/** Says of any segment whose lips it dubs; listens to the film first where that depends on who speaks. */
async function chooseFaces(
  { inputs, request, tools, workspace }: Job,
  found: { readonly analysis: AnalyseResult; readonly person: Person; readonly film: FilmFiles },
): Promise<FaceOf> {
  const { film, person } = found;
  const { faces } = found.analysis;
  workspace.store.edit((db) => writeSetting(db, 'personId', person.personId));
  const activity = await listenForSpeakers({ selector: request.face, faces, film }, tools);
  const facts = { selector: request.face, faces, person, activity, clock: inputs.clock };
  return (segment) => faceOfSegment(segment, facts);
}

function noteFaces(log: JobLog, { faces }: AnalyseResult, plans: readonly SegmentPlan[]): void {
  if (faces.people.length === 0) {
    log.note('no face was found in the film: it passes through unchanged, with the new voice');
    return;
  }
  const takes = plans.flatMap((plan) => (plan.kind === 'take' ? [plan.take.face] : []));
  const sentence = sentenceAboutFaces(faces, takes);
  if (sentence !== null) log.note(sentence);
  for (const plan of plans) {
    if (plan.kind === 'skip') log.note(`segment ${plan.segment.id} is left as filmed: ${plan.reason}`);
  }
}

function planTakesOf(
  { engineFacts, inputs, request, workspace }: Job,
  found: Pick<Parameters<typeof planTakes>[0], 'segments' | 'analysis' | 'voice'> & {
    readonly faceOf: FaceOf | null;
  },
): SegmentPlan[] {
  const { faceOf, segments } = found;
  if (faceOf === null) {
    return segments.map((segment) => ({ kind: 'skip', segment, face: null, reason: 'no face in the film' }));
  }
  return planTakes({
    ...found,
    faceOf,
    sourceSha256: inputs.source.sha256,
    engineFingerprint: engineFacts.fingerprint,
    voiceStartMs: request.voiceStartMs,
    clock: inputs.clock,
    takesFolder: workspace.takesFolder,
  });
}

/** Takes without a changed frame need not be laid over the film. */
function changing(takes: readonly PlannedTake[], outcomes: ReadonlyMap<string, TakeOutcome>): PlannedTake[] {
  return takes.filter((take) => (outcomes.get(take.key)?.patchedFrames ?? 0) > 0);
}

/**
 * A film of ours that is up to date may lie at the output's name; one that is not must not be overwritten unasked,
 * and that is better said before rendering than after.
 */
function requireRoomForOutput(
  job: Job,
  takes: readonly PlannedTake[],
  reused: ReadonlyMap<string, TakeOutcome>,
): void {
  const isComplete = takes.every((take) => reused.has(take.key));
  if (!isComplete || !isUpToDate(job, changing(takes, reused))) requireFreeOutput(job.request);
}

function isUpToDate(job: Job, takes: readonly PlannedTake[]): boolean {
  const output = untouchedOutput(job.workspace.store, job.request.outPath);
  return output !== null && output.key === keyOfOutput(outputPlan(job, takes));
}

function outputPlan(
  { engineFacts, inputs, request }: Job,
  takes: readonly PlannedTake[],
): Parameters<typeof keyOfOutput>[0] {
  return { request, inputs, takes, engineFingerprint: engineFacts.fingerprint };
}

function renderTools({ tools: { engine, log, signal }, workspace: { store } }: Job): RenderTools {
  return { engine, store, log, signal };
}

async function renderTakes(
  job: Job,
  work: Pick<RenderRequest, 'takes' | 'film' | 'voicePcmPath'> & { readonly finished: FinishedTakes },
): Promise<Rendering> {
  const { film, finished, voicePcmPath } = work;
  const takes = work.takes.filter((take) => !finished.has(take.key));
  if (takes.length === 0) return { outcomes: new Map(), provider: null };
  const request = { takes, film, voicePcmPath, engineChoice: job.request.engine };
  return job.tools.log.stage('render', () => renderMissing(request, renderTools(job)));
}

async function writeFilm(
  job: Job,
  takes: readonly PlannedTake[],
): Promise<{ readonly output: OutputRecord; readonly exported: boolean }> {
  const present = untouchedOutput(job.workspace.store, job.request.outPath);
  const plan = outputPlan(job, takes);
  if (present !== null && present.key === keyOfOutput(plan)) return { output: present, exported: false };
  const output = await job.tools.log.stage('export', () => exportOutput(plan, renderTools(job)));
  return { output, exported: true };
}

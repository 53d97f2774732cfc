import { existsSync } from 'node:fs';
import { DubwrightError } from '../../contract/errors.ts';
import type { DubReport, DubRequest } from '../../contract/dub.ts';
import type { OutputRecord, TakeOutcome } from '../../core/project/records.ts';
import { filmEndSeconds, frameStartSeconds } from '../../core/time/frame-clock.ts';
import { openPcmFile } from '../../engine/audio/pcm-file.ts';
import type { AnalyseResult, EngineTasks } from '../../engine/host/tasks.ts';
import type { PcmReader } from '../../engine/lipsync/types.ts';
import type { EnginePort } from '../engine-port.ts';
import type { MemoryWatch } from '../memory-watch.ts';
import type { CacheIndex } from '../store/cache-index.ts';
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
import { readInputs } from './media-inputs.ts';
import type { MediaInputs } from './media-inputs.ts';
import { planSegments } from './plan-segments.ts';
import { findFinishedTakes, planTakes } from './plan-takes.ts';
import type { PlannedTake, SegmentPlan } from './plan-takes.ts';
import { renderMissing } from './render-missing.ts';
import type { Rendering } from './render-missing.ts';
import { decodeOnce } from './sound-files.ts';
import { openWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

/** What a job is given besides its request. */
export interface JobTools {
  readonly engine: EnginePort;
  readonly index: CacheIndex;
  readonly cacheRoot: string;
  readonly log: JobLog;
  readonly memory: MemoryWatch;
  readonly signal: AbortSignal;
}

type EngineFacts = EngineTasks['describeEngine']['output'];

/** A job whose inputs are known to be good. */
interface Job {
  readonly request: DubRequest;
  readonly tools: JobTools;
  readonly inputs: MediaInputs;
  readonly engineFacts: EngineFacts;
  readonly workspace: Workspace;
}

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
    const faceOf = person === null ? null : await chooseFaces(job, { analysis, person, sounds });
    const plans = planTakesOf(job, { segments, faceOf, analysis, voice });
    noteFaces(log, analysis, plans);
    const takes = plans.flatMap((plan) => (plan.kind === 'take' ? [plan.take] : []));
    const reused = await log.stage('keys', () => findFinishedTakes(workspace.store, takes));
    requireRoomForOutput(job, takes, reused);
    const missing = takes.filter((take) => !reused.has(take.key));
    const { outcomes: rendered, provider } = await renderTakes(job, { missing, analysis, sounds });
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

interface Sounds {
  readonly voice: string;
  /** Null for a silent film. */
  readonly original: string | null;
}

async function decodeSounds({ inputs, request, tools, workspace }: Job): Promise<Sounds> {
  const { engine, log, signal } = tools;
  const decode = ({ info, sha256 }: MediaInputs['voice']): Promise<string> =>
    decodeOnce({ path: info.path, sha256, soundFolder: workspace.soundFolder, engine, signal });
  const voice = await decode(inputs.voice);
  if (inputs.source.info.audio.length === 0) return { voice, original: null };
  try {
    return { voice, original: await decode(inputs.source) };
  } catch (thrown) {
    // A film with an empty sound stream is a silent film; only its voice must be heard.
    if (!(thrown instanceof DubwrightError) || thrown.code !== 'AUDIO_EMPTY') throw thrown;
    log.warn(`The sound of "${request.sourcePath}" is empty: it counts as a silent film.`);
    return { voice, original: null };
  }
}

/** Said before the long work; the exporter says the same sentence, which is heard once. */
function warnAboutLength({ inputs, request, tools }: Job, voice: PcmReader): void {
  const { clock } = inputs;
  const filmSeconds = filmEndSeconds(clock);
  const lastFrameSeconds = filmSeconds - frameStartSeconds(clock, clock.frameCount - 1);
  const voiceEnd = voice.sampleCount / voice.sampleRateHz + request.voiceStartMs / 1000;
  const over = voiceEnd - filmSeconds;
  if (over > lastFrameSeconds) {
    const what = request.extend === 'hold' ? 'the last frame is held' : 'its end was cut off';
    tools.log.warn(`The voice is ${over.toFixed(2)} s longer than the film: ${what}.`);
  }
  if (request.voiceStartMs / 1000 >= filmSeconds)
    tools.log.warn('The voice begins after the film has ended.');
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
  found: { readonly analysis: AnalyseResult; readonly person: Person; readonly sounds: Sounds },
): Promise<FaceOf> {
  const { analysis, person, sounds } = found;
  workspace.store.edit((db) => writeSetting(db, 'personId', person.personId));
  const activity = await listenForSpeakers(
    {
      selector: request.face,
      analysis,
      sourcePath: inputs.source.info.path,
      cacheFolder: workspace.cacheFolder,
      originalPcmPath: sounds.original,
    },
    tools,
  );
  const facts = { selector: request.face, faces: analysis.faces, person, activity, clock: inputs.clock };
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

async function renderTakes(
  job: Job,
  work: {
    readonly missing: readonly PlannedTake[];
    readonly analysis: AnalyseResult;
    readonly sounds: Sounds;
  },
): Promise<Rendering> {
  const { inputs, request, tools, workspace } = job;
  const { analysis, missing, sounds } = work;
  if (missing.length === 0) return { outcomes: new Map(), provider: null };
  const { engine, log, signal } = tools;
  return log.stage('render', () =>
    renderMissing(
      {
        takes: missing,
        sourcePath: inputs.source.info.path,
        facesFolder: analysis.facesFolder,
        cacheFolder: workspace.cacheFolder,
        originalPcmPath: sounds.original,
        voicePcmPath: sounds.voice,
        engineChoice: request.engine,
      },
      { engine, store: workspace.store, log, signal },
    ),
  );
}

async function writeFilm(
  job: Job,
  takes: readonly PlannedTake[],
): Promise<{ readonly output: OutputRecord; readonly exported: boolean }> {
  const { engine, log, signal } = job.tools;
  const present = untouchedOutput(job.workspace.store, job.request.outPath);
  const plan = outputPlan(job, takes);
  if (present !== null && present.key === keyOfOutput(plan)) return { output: present, exported: false };
  const tools = { engine, store: job.workspace.store, log, signal };
  return { output: await log.stage('export', () => exportOutput(plan, tools)), exported: true };
}

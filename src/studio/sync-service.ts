import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DubwrightError } from '../contract/errors.ts';
import type { SyncReport, SyncScoreReport } from '../contract/sync-report.ts';
import { ProgressMeter } from '../core/time/progress-rate.ts';
import type { ProgressRate } from '../core/time/progress-rate.ts';
import type {
  AnalyseResult,
  EngineEvent,
  PlainLipsScore,
  ProbeResult,
  ScoreSyncResult,
} from '../engine/host/tasks.ts';
import type { StageProgress } from '../engine/lipsync/types.ts';
import { expertFolder, readExpertFiles } from '../engine/sync/bundled-expert.ts';
import { speakerBetween } from '../engine/sync/speaker-activity.ts';
import type { SyncNetFaceScore } from '../engine/sync/syncnet/types.ts';
import type { SyncScore } from '../engine/sync/types.ts';
import { cacheLimitOf, clearCache, filmFolder, folderBytes } from './cache-folder.ts';
import { decodeOnce } from './dub/sound-files.ts';
import type { EnginePort } from './engine-port.ts';
import { makeFolder } from './make-folder.ts';
import { probeFile } from './probe-service.ts';
import { openCacheIndex } from './store/cache-index.ts';

/** What is to be compared. */
export interface SyncRequest {
  readonly filmPath: string;
  /** Another sound than the film's own; null for that. */
  readonly voicePath: string | null;
  /** When the sound's first sample is heard, milliseconds from the film's start; 0 for the film's own. */
  readonly voiceStartMs: number;
  /** Only this person; null for everybody. */
  readonly personId: number | null;
  /** SyncNet's two networks as ONNX files, for a second opinion; null for none. */
  readonly syncNet: { readonly facePath: string; readonly soundPath: string } | null;
}

/** What it is run with. */
export interface SyncOptions {
  readonly engine: EnginePort;
  readonly cacheRoot: string;
  readonly onProgress: (progress: StageProgress & ProgressRate) => void;
  readonly onWarning: (text: string) => void;
  readonly signal: AbortSignal;
}

/** The files of a request, looked at. */
interface SyncInputs {
  readonly film: ProbeResult;
  readonly sound: ProbeResult;
}

/**
 * Says for every face of a film how well its lips fit the film's own sound or another one. Faces and sound come from
 * where the dubs of this film keep them.
 * @throws DubwrightError MEDIA_NO_VIDEO, MEDIA_NO_FRAMES, MEDIA_NO_AUDIO, FACE_UNKNOWN, MODEL_NOT_FOUND and what
 * probing, decoding and analysing throw
 */
export async function scoreSync(request: SyncRequest, options: SyncOptions): Promise<SyncReport> {
  const { cacheRoot, engine, signal } = options;
  await requireNetworks(request);
  const index = openCacheIndex(cacheRoot);
  try {
    const probe = (path: string): Promise<ProbeResult> => probeFile(path, { engine, index, signal });
    const film = await probe(request.filmPath);
    const sound = request.voicePath === null ? film : await probe(request.voicePath);
    const folder = filmFolder(cacheRoot, film.sha256.slice(0, 24));
    const report = await compare(request, options, { inputs: { film, sound }, folder });
    if (existsSync(folder)) {
      const filmId = film.sha256.slice(0, 24);
      index.touchFilm({ id: filmId, bytes: folderBytes(folder), lastUsedMs: Date.now() });
      clearCache(cacheRoot, index, { limitBytes: cacheLimitOf(process.env), keepFilmId: filmId });
    }
    return report;
  } finally {
    index.close();
  }
}

/** Said before the film is read, which may take minutes. */
async function requireNetworks({ syncNet }: SyncRequest): Promise<void> {
  await readExpertFiles(expertFolder());
  const missing = [syncNet?.facePath, syncNet?.soundPath].find(
    (path) => path !== undefined && !existsSync(path),
  );
  if (missing !== undefined) throw new DubwrightError('MODEL_NOT_FOUND', { path: missing, model: 'syncnet' });
}

async function compare(
  request: SyncRequest,
  options: SyncOptions,
  { folder, inputs }: { readonly inputs: SyncInputs; readonly folder: string },
): Promise<SyncReport> {
  const { engine, signal } = options;
  const { film, sound } = inputs;
  if (film.grid === null || film.info.video === null)
    throw new DubwrightError('MEDIA_NO_VIDEO', { path: film.info.path });
  if (film.grid.frameCount === 0) throw new DubwrightError('MEDIA_NO_FRAMES', { path: film.info.path });
  if (sound.info.audio.length === 0) throw new DubwrightError('MEDIA_NO_AUDIO', { path: sound.info.path });
  const soundFolder = join(folder, 'sound');
  makeFolder(soundFolder);
  const { path } = sound.info;
  const pcmPath = await decodeOnce({ path, sha256: sound.sha256, soundFolder, engine, signal });
  const onEvent = eventsTo(options);
  const analysis = await engine.call(
    'analyse',
    { sourcePath: film.info.path, sourceSha256: film.sha256, cacheFolder: join(folder, 'cache') },
    { onEvent, signal },
  );
  requirePerson(analysis, request.personId);
  const { facesFolder } = analysis;
  const { personId, syncNet, voiceStartMs } = request;
  const input = {
    sourcePath: film.info.path,
    facesFolder,
    pcmPath,
    soundStartMs: voiceStartMs,
    syncNet: syncNet === null ? null : { ...syncNet, personId, scratchFolder: soundFolder },
  };
  const result = await engine.call('scoreSync', input, { onEvent, signal });
  return reportOf(request, { inputs, analysis, result, frameRate: film.info.video.frameRate });
}

function eventsTo({ onProgress, onWarning }: SyncOptions): (event: EngineEvent) => void {
  const meters = new Map<string, ProgressMeter>();
  return (event) => {
    if (event.kind === 'warning') onWarning(event.text);
    if (event.kind !== 'progress') return;
    const { doneFrames, stage, totalFrames } = event.progress;
    const meter = meters.get(stage) ?? new ProgressMeter();
    meters.set(stage, meter);
    onProgress({ ...event.progress, ...meter.add(performance.now(), doneFrames, totalFrames) });
  };
}

function requirePerson({ faces }: AnalyseResult, personId: number | null): void {
  if (personId === null || faces.people.some((person) => person.personId === personId)) return;
  const known = faces.people.map((person) => person.personId).join(', ');
  throw new DubwrightError('FACE_UNKNOWN', { face: personId, known: known === '' ? 'none' : known });
}

interface Findings {
  readonly inputs: SyncInputs;
  readonly analysis: AnalyseResult;
  readonly result: ScoreSyncResult;
  readonly frameRate: SyncReport['frameRate'];
}

function reportOf(request: SyncRequest, { analysis, frameRate, inputs, result }: Findings): SyncReport {
  const isWanted = (personId: number): boolean => request.personId === null || request.personId === personId;
  const { people, tracks } = analysis.faces;
  return {
    version: 1,
    path: inputs.film.info.path,
    voicePath: request.voicePath === null ? null : inputs.sound.info.path,
    frameCount: analysis.faces.frameCount,
    frameRate,
    expert: result.expert,
    people: result.people.flatMap(({ personId, score }) => {
      const observedFrames = people.find((person) => person.personId === personId)?.observedFrames ?? 0;
      return isWanted(personId) ? [{ personId, observedFrames, ...wholeOf(score) }] : [];
    }),
    tracks: result.tracks.flatMap(({ score, trackId }) => {
      const track = tracks.find(({ id }) => id === trackId);
      if (track === undefined || !isWanted(track.personId)) return [];
      const { endFrame, personId, shotIndex, startFrame } = track;
      return [{ trackId, personId, shotIndex, startFrame, endFrame, ...wholeOf(score) }];
    }),
    speakers: people.length > 1 ? speakersOf(result) : [],
    syncNet: result.syncNet === null ? null : result.syncNet.map(opinionOf),
    elapsedMs: Math.round(result.elapsedMs),
  };
}

type Whole = Pick<SyncReport['people'][number], keyof SyncScoreReport | 'distances' | 'seconds'>;

function wholeOf(score: PlainLipsScore): Whole {
  return {
    ...figuresOf(score),
    distances: score.curve.map(rounded),
    seconds: score.seconds.map((one) => ({ second: one.second, ...figuresOf(one) })),
  };
}

/** SyncNet's numbers, rounded. */
function opinionOf({
  numbers,
  perSecond,
  ...rest
}: SyncNetFaceScore): NonNullable<SyncReport['syncNet']>[number] {
  return {
    ...rest,
    numbers:
      numbers === null ? null : { ...numbers, lseD: rounded(numbers.lseD), lseC: rounded(numbers.lseC) },
    perSecond: perSecond.map(({ confidence, distance, second }) => ({
      second,
      confidence: rounded(confidence),
      distance: rounded(distance),
    })),
  };
}

/** Numbers that rest on nothing are left out. */
function figuresOf(score: SyncScore): SyncScoreReport {
  const { comparedSeconds, confidence, distance, evidence, offsetFrames, offsetMs } = score;
  const isKnown = comparedSeconds > 0;
  return {
    offsetMs: isKnown ? offsetMs : null,
    offsetFrames: isKnown ? offsetFrames : null,
    confidence: isKnown ? rounded(confidence) : null,
    distance: isKnown ? rounded(distance) : null,
    evidence,
    comparedSeconds: rounded(comparedSeconds),
  };
}

/** Stretches of whole seconds with one speaker each, judged by the two seconds around each second's middle. */
function speakersOf({ activity }: ScoreSyncResult): SyncReport['speakers'] {
  const ends = activity.people.map(({ fits, startBin }) => (startBin + fits.length) * activity.binSeconds);
  const runs: { startSecond: number; endSecond: number; personId: number | null }[] = [];
  for (let second = 0; second < Math.max(0, ...ends); second++) {
    const { isClear, personId } = speakerBetween(activity, second - 0.5, second + 1.5);
    const speaker = isClear ? personId : null;
    const last = runs.at(-1);
    if (last?.personId === speaker) last.endSecond = second + 1;
    else runs.push({ startSecond: second, endSecond: second + 1, personId: speaker });
  }
  return runs;
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

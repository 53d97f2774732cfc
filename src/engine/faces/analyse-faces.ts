import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DubwrightError } from '../../contract/errors.ts';
import { rationalToNumber } from '../../core/time/rational.ts';
import { ensureFacePack, type FacePackPaths } from '../face-pack/ensure-face-pack.ts';
import { openWithFallback } from '../inference/open-with-fallback.ts';
import type { OnFallback } from '../inference/open-with-fallback.ts';
import type { Model, ProviderName } from '../inference/types.ts';
import { commitFolder } from '../files/commit-folder.ts';
import type { OnProgress } from '../lipsync/types.ts';
import { openFrameReader } from '../media/frame-reader.ts';
import type { SourceVideo } from '../media/types.ts';
import { FaceDetector } from './blazeface.ts';
import { FaceDescriber } from './face-descriptor.ts';
import { FaceMesher } from './face-mesher.ts';
import { FaceRecorder, type RecordedTrack } from './face-recorder.ts';
import { encodeFaceIndex, faceIndexPath, readFaceIndex } from './face-store.ts';
import { FaceTracker } from './face-tracker.ts';
import { identifyPeople } from './identify-people.ts';
import { markShots } from './shot-detector.ts';
import type { FaceIndex, FaceTrack, Shot } from './types.ts';

/** Which film to look at, and where to keep what is found. */
export interface AnalyseFacesRequest {
  readonly source: SourceVideo;
  /** Belongs to this film alone (name it by the film's hash); appears complete or not at all. */
  readonly folder: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
  /** Runs the models; default `cpu`, which also goes on when another fails. */
  readonly provider?: ProviderName;
  /** Hears when the CPU takes over. */
  readonly onFallback?: OnFallback;
}

/**
 * Finds, follows and tells apart all faces of a film in one pass over its frames. What a folder already holds is used
 * when it was made by this version with the same models. Memory does not grow with the film's length, disk does by
 * 6 kB per face and frame.
 * @throws DubwrightError CANCELLED, MODEL_PACK_MISSING, and whatever reading the film's frames throws
 */
export async function analyseFaces(request: AnalyseFacesRequest): Promise<FaceIndex> {
  const pack = await ensureFacePack();
  const known = readFaceIndex(request.folder, pack.sha256);
  if (known !== null) return known;
  const unfinished = `${request.folder}.${randomUUID()}.part`;
  await mkdir(dirname(request.folder), { recursive: true });
  await mkdir(unfinished);
  try {
    const index = await analyseInto(unfinished, request, pack);
    await writeFile(faceIndexPath(unfinished), encodeFaceIndex(index, pack.sha256));
    const isComplete = (): boolean => readFaceIndex(request.folder, pack.sha256) !== null;
    commitFolder(unfinished, request.folder, isComplete);
    return index;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function analyseInto(
  folder: string,
  request: AnalyseFacesRequest,
  pack: FacePackPaths,
): Promise<FaceIndex> {
  const models: Model[] = [];
  const open = async (path: string): Promise<Model> => {
    const { provider = 'cpu', onFallback = () => undefined } = request;
    const model = await openWithFallback({ path, threads: 1, provider }, onFallback);
    models.push(model);
    return model;
  };
  try {
    const mesher = new FaceMesher(await open(pack.facemesh));
    const describer = new FaceDescriber(await open(pack.faceDescriptor));
    const detector = new FaceDetector(await open(pack.blazeface));
    const recorder = new FaceRecorder({ folder, mesher, describer });
    try {
      const framesPerSecond = rationalToNumber(request.source.video.frameRate);
      const tracker = new FaceTracker({ detector, mesher, sink: recorder, framesPerSecond });
      const shots = await followFilm(request, tracker);
      return toIndex(request.source, shots, recorder.tracks);
    } finally {
      recorder.close();
    }
  } finally {
    for (const model of models) await model.close();
  }
}

/** Runs the tracker over the whole film; returns its shots. */
async function followFilm(request: AnalyseFacesRequest, tracker: FaceTracker): Promise<Shot[]> {
  const { source, onProgress, signal } = request;
  const { frameCount } = source.table;
  const frames = await openFrameReader({ source, startFrame: 0, endFrame: frameCount, signal });
  const shotStarts: number[] = [];
  try {
    for await (const { frame, startsShot } of markShots(frames)) {
      if (signal.aborted) throw new DubwrightError('CANCELLED');
      if (startsShot) shotStarts.push(frame.index);
      await tracker.process(frame, startsShot);
      onProgress({ stage: 'faces', doneFrames: frame.index + 1, totalFrames: frameCount });
    }
    await tracker.finish();
  } finally {
    await frames.close();
  }
  return shotStarts.map((startFrame, i) => ({ startFrame, endFrame: shotStarts.at(i + 1) ?? frameCount }));
}

function toIndex(source: SourceVideo, shots: readonly Shot[], recorded: readonly RecordedTrack[]): FaceIndex {
  const personOf = identifyPeople(recorded.map((track) => ({ ...track, trackId: track.id })));
  const tracks = recorded.map((track): FaceTrack => {
    const { id, shotIndex, startFrame, endFrame, observedFrames, medianBox, meanPresence } = track;
    const personId = personOf.get(id) ?? 0;
    return { id, personId, shotIndex, startFrame, endFrame, observedFrames, medianBox, meanPresence };
  });
  const people = [...Map.groupBy(tracks, (track) => track.personId)]
    .map(([personId, seen]) => ({
      personId,
      observedFrames: seen.reduce((sum, track) => sum + track.observedFrames, 0),
    }))
    .sort((a, b) => a.personId - b.personId);
  const { width, height } = source.video;
  return { frameCount: source.table.frameCount, width, height, shots, tracks, people };
}

import { join } from 'node:path';
import { DubwrightError } from '../contract/errors.ts';
import { ProgressMeter } from '../core/time/progress-rate.ts';
import type { ProgressRate } from '../core/time/progress-rate.ts';
import { openFaceStore } from '../engine/faces/face-store.ts';
import { boxOfMesh } from '../engine/faces/mesh-box.ts';
import type { FaceIndex, FaceObservation, FaceTrack, HeadPose } from '../engine/faces/types.ts';
import type { EngineEvent } from '../engine/host/tasks.ts';
import type { StageProgress } from '../engine/lipsync/types.ts';
import { filmFolder } from './cache-folder.ts';
import type { EnginePort } from './engine-port.ts';
import { probeFile } from './probe-service.ts';
import { openCacheIndex } from './store/cache-index.ts';

/** One face in one frame, as `dubwright faces --json` prints it. */
export interface FaceSight {
  readonly frame: number;
  /** [left, top, width, height] around the mesh, pixels of the upright frame. */
  readonly box: readonly [number, number, number, number];
  readonly pose: HeadPose;
  readonly presence: number;
  readonly mouthVisibility: number;
}

/** A track with all its frames. */
export interface SeenTrack extends FaceTrack {
  /** In the middle of the frames that show it. */
  readonly medianPose: HeadPose;
  readonly frames: readonly FaceSight[];
}

/** Who is in a film, where and when. */
export interface FilmFaces extends Omit<FaceIndex, 'tracks'> {
  readonly path: string;
  readonly tracks: readonly SeenTrack[];
}

/** What the search is run with. */
export interface FacesOptions {
  readonly engine: EnginePort;
  readonly cacheRoot: string;
  readonly onProgress: (progress: StageProgress & ProgressRate) => void;
  readonly signal: AbortSignal;
}

/**
 * Finds everybody in a film; a film that was searched before is not searched again. A film without faces gives empty
 * lists.
 * @throws DubwrightError MEDIA_NO_VIDEO and what probing and analysing throw
 */
export async function findFaces(filmPath: string, options: FacesOptions): Promise<FilmFaces> {
  const { cacheRoot, engine, onProgress, signal } = options;
  const index = openCacheIndex(cacheRoot);
  try {
    const { grid, info, sha256 } = await probeFile(filmPath, { engine, index, signal });
    if (grid === null) throw new DubwrightError('MEDIA_NO_VIDEO', { path: info.path });
    const meter = new ProgressMeter();
    const onEvent = (event: EngineEvent): void => {
      if (event.kind !== 'progress') return;
      const { doneFrames, totalFrames } = event.progress;
      onProgress({ ...event.progress, ...meter.add(performance.now(), doneFrames, totalFrames) });
    };
    // Where the dubs of this film look for it too.
    const cacheFolder = join(filmFolder(cacheRoot, sha256.slice(0, 24)), 'cache');
    const input = { sourcePath: info.path, sourceSha256: sha256, cacheFolder };
    const { facesFolder } = await engine.call('analyse', input, { onEvent, signal });
    return readFaces(info.path, facesFolder);
  } finally {
    index.close();
  }
}

function readFaces(path: string, facesFolder: string): FilmFaces {
  const store = openFaceStore(facesFolder);
  try {
    const tracks = store.index.tracks.map((track): SeenTrack => {
      const frames: FaceSight[] = [];
      for (let frame = track.startFrame; frame < track.endFrame; frame++) {
        const seen = store.read(track.id, frame);
        if (seen !== null) frames.push(sightOf(seen));
      }
      return { ...track, medianPose: medianPose(frames), frames };
    });
    return { path, ...store.index, tracks };
  } finally {
    store.close();
  }
}

function sightOf({ frameIndex, mesh, pose, presence, mouthVisibility }: FaceObservation): FaceSight {
  const { left, top, right, bottom } = boxOfMesh(mesh);
  return {
    frame: frameIndex,
    box: [tenth(left), tenth(top), tenth(right - left), tenth(bottom - top)],
    pose: {
      yawDegrees: tenth(pose.yawDegrees),
      pitchDegrees: tenth(pose.pitchDegrees),
      rollDegrees: tenth(pose.rollDegrees),
    },
    presence: hundredth(presence),
    mouthVisibility: hundredth(mouthVisibility),
  };
}

function medianPose(frames: readonly FaceSight[]): HeadPose {
  const median = (angle: keyof HeadPose): number => {
    const sorted = frames.map(({ pose }) => pose[angle]).sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? 0;
  };
  return {
    yawDegrees: median('yawDegrees'),
    pitchDegrees: median('pitchDegrees'),
    rollDegrees: median('rollDegrees'),
  };
}

const tenth = (value: number): number => Math.round(value * 10) / 10;
const hundredth = (value: number): number => Math.round(value * 100) / 100;

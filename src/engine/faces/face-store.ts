import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { TrackReader, trackPath } from './track-file.ts';
import type { FaceIndex, FaceObservation, FaceStore, FaceTrack } from './types.ts';

/** Raise it when the analysis finds other faces or stores them otherwise: older results are made anew. */
export const faceAnalysisVersion = 4;

const indexFileName = 'faces.json';
const whole = z.number().int().nonnegative();
const indexFile = z.object({
  version: z.literal(faceAnalysisVersion),
  /** SHA-256 of the models that the faces were found with. */
  facePackSha256: z.string(),
  index: z.object({
    frameCount: whole,
    width: whole,
    height: whole,
    shots: z.array(z.object({ startFrame: whole, endFrame: whole })),
    tracks: z.array(
      z.object({
        id: whole,
        personId: whole,
        shotIndex: whole,
        startFrame: whole,
        endFrame: whole,
        observedFrames: whole,
        medianBox: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
        meanPresence: z.number(),
      }),
    ),
    people: z.array(z.object({ personId: whole, observedFrames: whole })),
  }),
});

/** The text of a folder's index file. */
export function encodeFaceIndex(index: FaceIndex, facePackSha256: string): string {
  return JSON.stringify({ version: faceAnalysisVersion, facePackSha256, index });
}

/** Where a folder's index lies. */
export function faceIndexPath(folder: string): string {
  return join(folder, indexFileName);
}

/**
 * The index of a finished analysis, or null when the folder holds none of this version. With `facePackSha256` it must
 * also have been made with those models.
 */
export function readFaceIndex(folder: string, facePackSha256?: string): FaceIndex | null {
  try {
    const parsed = indexFile.parse(JSON.parse(readFileSync(faceIndexPath(folder), 'utf8')));
    return facePackSha256 === undefined || parsed.facePackSha256 === facePackSha256 ? parsed.index : null;
  } catch {
    return null;
  }
}

/** Track files kept open at once; a frame rarely has more faces. */
const openFiles = 8;

class FolderFaceStore implements FaceStore {
  readonly index: FaceIndex;
  readonly #folder: string;
  readonly #tracks: ReadonlyMap<number, FaceTrack>;
  readonly #tracksOfPerson: ReadonlyMap<number, readonly FaceTrack[]>;
  /** In order of last use, latest last. */
  readonly #readers = new Map<number, TrackReader>();

  constructor(folder: string, index: FaceIndex) {
    this.#folder = folder;
    this.index = index;
    this.#tracks = new Map(index.tracks.map((track) => [track.id, track]));
    this.#tracksOfPerson = Map.groupBy(index.tracks, (track) => track.personId);
  }

  read(trackId: number, frameIndex: number): FaceObservation | null {
    const track = this.#tracks.get(trackId);
    if (track === undefined || frameIndex < track.startFrame || frameIndex >= track.endFrame) return null;
    const record = this.#readerOf(trackId).read(frameIndex - track.startFrame);
    if (record === null) return null;
    const { mesh, presence, mouthVisibility, pose } = record;
    return { frameIndex, trackId, mesh, presence, mouthVisibility, pose };
  }

  readPerson(personId: number, frameIndex: number): FaceObservation | null {
    let best: FaceObservation | null = null;
    for (const track of this.#tracksOfPerson.get(personId) ?? []) {
      const seen = this.read(track.id, frameIndex);
      if (seen !== null && seen.presence > (best?.presence ?? 0)) best = seen;
    }
    return best;
  }

  close(): void {
    for (const reader of this.#readers.values()) reader.close();
    this.#readers.clear();
  }

  #readerOf(trackId: number): TrackReader {
    const reader = this.#readers.get(trackId) ?? new TrackReader(trackPath(this.#folder, trackId));
    this.#readers.delete(trackId);
    this.#readers.set(trackId, reader);
    for (const [oldestId, oldest] of this.#readers) {
      if (this.#readers.size <= openFiles) break;
      oldest.close();
      this.#readers.delete(oldestId);
    }
    return reader;
  }
}

/**
 * Opens the faces that `analyseFaces` stored in a folder.
 * @throws Error when the folder holds no finished analysis of this version
 */
export function openFaceStore(folder: string): FaceStore {
  const index = readFaceIndex(folder);
  if (index === null) throw new Error(`no face analysis of version ${faceAnalysisVersion} in ${folder}`);
  return new FolderFaceStore(folder, index);
}

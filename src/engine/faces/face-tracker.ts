import type { VideoFrame } from '../media/frame.ts';
import type { Detection, FaceDetector } from './blazeface.ts';
import type { FaceMesher, MeshReading } from './face-mesher.ts';
import {
  boxDistance,
  boxHolds,
  boxOfMesh,
  boxOverlap,
  boxSize,
  faceMisfit,
  insidePart,
  type MeshBox,
} from './mesh-box.ts';
import type { Square } from './sample-square.ts';
import { searchLevels } from './search-plan.ts';

/** A face that is being followed. */
export interface LiveFace {
  readonly trackId: number;
  readonly shotIndex: number;
  readonly startFrame: number;
  lastSeenFrame: number;
  observedFrames: number;
  square: Square;
  box: MeshBox;
}

/** Where the tracker's findings go. */
export interface TrackSink {
  /** A face was read; called in frame order, while the mesher still holds the pixels it was read from. */
  observed(face: LiveFace, frame: VideoFrame, reading: MeshReading): Promise<void>;
  /** A face is not followed any further. */
  ended(face: LiveFace): Promise<void>;
}

/** A mesh goes on as long as it is more likely than not on a face … */
const keepPresence = 0.5;
/** … but begins only on a sure one: on 28 clips, faces gave 0.95 and more, false detections rarely over 0.9. */
const startPresence = 0.9;
const startScore = 0.5;
/** Real faces lie within 0.03 of the reference, turned ones within 0.05; meshes on walls and ears begin there. */
const largestStartMisfit = 0.055;
const largestKeepMisfit = 0.1;
/** Smaller faces (longer side in pixels) are not worth a dub and often no faces. */
const smallestFace = 36;
/** A face found again no farther than this from where it was lost (in face sizes) is the same one. */
const sameFaceDistance = 0.8;
/** Two followed faces that overlap more than this are one. */
const doubleOverlap = 0.4;
/** A mesh settles on a detection within so many readings. */
const settlingReadings = 3;

/** How long things take, in frames. */
interface Rhythm {
  /** Between searches for new faces while some are followed. */
  readonly searchEvery: number;
  /** Between searches while none is. */
  readonly searchEveryWhenEmpty: number;
  /** How long a lost face is waited for. */
  readonly patience: number;
}

/** Rhythm for a film of so many frames per second. */
function rhythmFor(framesPerSecond: number): Rhythm {
  return {
    searchEvery: Math.max(6, Math.round(framesPerSecond * 0.32)),
    searchEveryWhenEmpty: Math.max(2, Math.round(framesPerSecond * 0.1)),
    patience: Math.max(10, Math.round(framesPerSecond * 1.5)),
  };
}

/**
 * Follows all faces through a film, one frame after another. A face costs one mesh reading per frame; the detector
 * runs at the start of a shot, where a face was lost and three times a second for faces that come in.
 */
export class FaceTracker {
  readonly #detector: FaceDetector;
  readonly #mesher: FaceMesher;
  readonly #sink: TrackSink;
  readonly #rhythm: Rhythm;
  #levels: readonly (readonly Square[])[] = [];
  #live: LiveFace[] = [];
  #shotIndex = -1;
  #nextTrackId = 1;
  #framesSinceSearch = 0;
  #nextFineSquare = 0;

  constructor(parts: {
    readonly detector: FaceDetector;
    readonly mesher: FaceMesher;
    readonly sink: TrackSink;
    readonly framesPerSecond: number;
  }) {
    this.#detector = parts.detector;
    this.#mesher = parts.mesher;
    this.#sink = parts.sink;
    this.#rhythm = rhythmFor(parts.framesPerSecond);
  }

  /** Takes the next frame. */
  async process(frame: VideoFrame, startsShot: boolean): Promise<void> {
    if (this.#levels.length === 0) this.#levels = searchLevels(frame.width, frame.height);
    if (startsShot) {
      await this.finish();
      this.#shotIndex += 1;
      await this.#searchShotStart(frame);
      return;
    }
    for (const face of this.#live)
      if (!(await this.#follow(face, frame))) await this.#lookNearby(face, frame);
    await this.#dropDoubles(frame);
    await this.#dropLost(frame);
    await this.#searchInTurn(frame);
  }

  /** Ends all tracks: at the end of the film or of a shot. */
  async finish(): Promise<void> {
    const ended = this.#live;
    this.#live = [];
    for (const face of ended) await this.#sink.ended(face);
  }

  /** Reads the face where it was in the frame before; false when it is not there any more. */
  async #follow(face: LiveFace, frame: VideoFrame): Promise<boolean> {
    const reading = await this.#mesher.read(frame, face.square, face.square);
    if (reading.presence < keepPresence || !isPlausible(reading.mesh, frame, largestKeepMisfit)) return false;
    await this.#record(face, frame, reading);
    return true;
  }

  async #record(face: LiveFace, frame: VideoFrame, reading: MeshReading): Promise<void> {
    face.square = reading.nextSquare;
    face.box = boxOfMesh(reading.mesh);
    face.lastSeenFrame = frame.index;
    face.observedFrames += 1;
    await this.#sink.observed(face, frame, reading);
  }

  /** Detects around the place where a face was lost: every frame at first, then every fourth. */
  async #lookNearby(face: LiveFace, frame: VideoFrame): Promise<void> {
    const missing = frame.index - face.lastSeenFrame;
    if (missing > 8 && missing % 4 !== 0) return;
    const surroundings = { ...face.square, size: face.square.size * 1.7, angle: 0 };
    for (const detection of await this.#detector.detect(frame, surroundings, 0.4)) {
      const reading = await this.#settle(frame, detection);
      if (reading === null || boxDistance(boxOfMesh(reading.mesh), face.box) > sameFaceDistance) continue;
      await this.#record(face, frame, reading);
      return;
    }
  }

  /** Reads a mesh at a detection until it has settled; null when it shows no face. The last reading stays in the mesher. */
  async #settle(frame: VideoFrame, detection: Detection): Promise<MeshReading | null> {
    const { centreX, centreY, size, angle } = detection;
    let square: Square = { centreX, centreY, size: size * 1.5, angle };
    let reading: MeshReading | null = null;
    for (let i = 0; i < settlingReadings; i += 1) {
      reading = await this.#mesher.read(frame, square);
      if (reading.presence < 0.1) return null;
      square = reading.nextSquare;
    }
    if (reading === null || reading.presence < startPresence) return null;
    return isPlausible(reading.mesh, frame, largestStartMisfit) ? reading : null;
  }

  /** Of two tracks on one face the longer stays. */
  async #dropDoubles(frame: VideoFrame): Promise<void> {
    const seen = this.#live.filter((face) => face.lastSeenFrame === frame.index);
    for (const face of seen) {
      const twin = seen.find(
        (other) =>
          other !== face &&
          this.#live.includes(other) &&
          boxOverlap(other.box, face.box) > doubleOverlap &&
          (other.startFrame < face.startFrame ||
            (other.startFrame === face.startFrame && other.trackId < face.trackId)),
      );
      if (twin !== undefined) await this.#end(face);
    }
  }

  async #dropLost(frame: VideoFrame): Promise<void> {
    for (const face of [...this.#live])
      if (frame.index - face.lastSeenFrame > this.#rhythm.patience) await this.#end(face);
  }

  async #end(face: LiveFace): Promise<void> {
    this.#live = this.#live.filter((other) => other !== face);
    await this.#sink.ended(face);
  }

  /** Everywhere, coarse to fine: all faces of a shot should have a track from its first frame. */
  async #searchShotStart(frame: VideoFrame): Promise<void> {
    for (const square of this.#levels.flat()) await this.#searchSquare(frame, square);
    this.#framesSinceSearch = 0;
  }

  /** The whole frame and, in turn, one of the finer squares, so that every one of them is searched every few seconds. */
  async #searchInTurn(frame: VideoFrame): Promise<void> {
    const isEmpty = this.#live.every((face) => face.lastSeenFrame !== frame.index);
    this.#framesSinceSearch += 1;
    if (this.#framesSinceSearch < (isEmpty ? this.#rhythm.searchEveryWhenEmpty : this.#rhythm.searchEvery))
      return;
    this.#framesSinceSearch = 0;
    for (const square of this.#levels[0]) await this.#searchSquare(frame, square);
    const fine = this.#levels.slice(1).flat();
    if (fine.length === 0) return;
    await this.#searchSquare(frame, fine[this.#nextFineSquare % fine.length]);
    this.#nextFineSquare += 1;
  }

  async #searchSquare(frame: VideoFrame, square: Square): Promise<void> {
    for (const detection of await this.#detector.detect(frame, square, startScore)) {
      const { centreX, centreY } = detection;
      const isKnown = (face: LiveFace): boolean =>
        face.lastSeenFrame === frame.index && boxHolds(face.box, centreX, centreY);
      if (this.#live.some(isKnown)) continue;
      const reading = await this.#settle(frame, detection);
      if (reading !== null) await this.#welcome(frame, reading);
    }
  }

  /** Goes on with a lost face if this can be it, else begins a track. */
  async #welcome(frame: VideoFrame, reading: MeshReading): Promise<void> {
    const box = boxOfMesh(reading.mesh);
    const present = this.#live.filter((face) => face.lastSeenFrame === frame.index);
    if (present.some((face) => boxOverlap(face.box, box) > 0.15)) return;
    const lost = this.#live.filter((face) => !present.includes(face) && canBeSame(face.box, box));
    const nearest = lost.sort((a, b) => boxDistance(a.box, box) - boxDistance(b.box, box)).at(0);
    if (nearest !== undefined) {
      await this.#record(nearest, frame, reading);
      return;
    }
    const face: LiveFace = {
      trackId: this.#nextTrackId,
      shotIndex: this.#shotIndex,
      startFrame: frame.index,
      lastSeenFrame: frame.index,
      observedFrames: 0,
      square: reading.nextSquare,
      box,
    };
    this.#nextTrackId += 1;
    this.#live.push(face);
    await this.#record(face, frame, reading);
  }
}

function canBeSame(a: MeshBox, b: MeshBox): boolean {
  const ratio = boxSize(a) / boxSize(b);
  return boxDistance(a, b) < sameFaceDistance && ratio > 0.6 && ratio < 1.67;
}

function isPlausible(mesh: Float32Array, frame: VideoFrame, largestMisfit: number): boolean {
  return (
    boxSize(boxOfMesh(mesh)) >= smallestFace &&
    insidePart(mesh, frame.width, frame.height) >= 0.6 &&
    faceMisfit(mesh) <= largestMisfit
  );
}

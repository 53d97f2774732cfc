import { rm } from 'node:fs/promises';
import type { PixelBox, VideoFrame } from '../media/frame.ts';
import { sampleAppearance } from './face-appearance.ts';
import { descriptorLength, portraitQuality, unitLength, type FaceDescriber } from './face-descriptor.ts';
import type { FaceMesher, MeshReading } from './face-mesher.ts';
import type { LiveFace, TrackSink } from './face-tracker.ts';
import { headPoseOf } from './head-pose.ts';
import { boxOfMesh, toPixelBox, type MeshBox } from './mesh-box.ts';
import { judgeCovers, viewOfMouth } from './mouth-visibility.ts';
import { trackPath, TrackWriter } from './track-file.ts';
import type { HeadPose } from './types.ts';

/** A finished track before people are told apart. */
export interface RecordedTrack {
  readonly id: number;
  readonly shotIndex: number;
  readonly startFrame: number;
  readonly endFrame: number;
  readonly observedFrames: number;
  readonly medianBox: PixelBox;
  readonly meanPresence: number;
  /** Of the best frames, length 1; null when no frame was good enough. */
  readonly descriptor: Float32Array | null;
}

interface Portrait {
  readonly quality: number;
  readonly descriptor: Float32Array;
}

/** A track while it is being written. */
interface OpenTrack {
  readonly path: string;
  readonly writer: TrackWriter;
  /** An evenly thinned sample of the boxes, so that their median needs no more memory for a longer track. */
  boxes: MeshBox[];
  boxEvery: number;
  presenceSum: number;
  portraits: Portrait[];
  lastPortraitCheck: number;
}

/** Portraits per track. */
const portraitCount = 3;
/** Frames between looks at how good a portrait the frame would make. */
const portraitEvery = 8;
const portraitPresence = 0.9;
/** Boxes kept for the median; when there are twice as many, every second one goes. */
const boxSample = 256;
/** Shorter tracks are flickers of the detector, not faces. */
const fewestFrames = 5;

/** Writes what the tracker finds: meshes to disk, a few numbers and portraits per track to memory. */
export class FaceRecorder implements TrackSink {
  readonly #folder: string;
  readonly #mesher: FaceMesher;
  readonly #describer: FaceDescriber;
  readonly #open = new Map<number, OpenTrack>();
  readonly #tracks: RecordedTrack[] = [];

  constructor(parts: {
    readonly folder: string;
    readonly mesher: FaceMesher;
    readonly describer: FaceDescriber;
  }) {
    this.#folder = parts.folder;
    this.#mesher = parts.mesher;
    this.#describer = parts.describer;
  }

  /** All finished tracks in the order in which they began. */
  get tracks(): readonly RecordedTrack[] {
    return this.#tracks.toSorted((a, b) => a.startFrame - b.startFrame || a.id - b.id);
  }

  async observed(face: LiveFace, frame: VideoFrame, reading: MeshReading): Promise<void> {
    const { mesh, presence, square } = reading;
    const { width, height } = frame;
    const { pixels } = this.#mesher;
    const track = this.#trackOf(face);
    const pose = headPoseOf(mesh);
    const mouthVisibility = viewOfMouth({ mesh, presence, pose, width, height });
    const appearance = sampleAppearance(pixels, square, mesh);
    track.writer.append(frame.index, { presence, mouthVisibility, pose, mesh, appearance });
    track.presenceSum += presence;
    keepBox(track, boxOfMesh(mesh), face.observedFrames);
    if (frame.index - track.lastPortraitCheck < portraitEvery || presence < portraitPresence) return;
    track.lastPortraitCheck = frame.index;
    await this.#considerPortrait(track, frame, reading, pose);
  }

  async ended(face: LiveFace): Promise<void> {
    const track = this.#trackOf(face);
    this.#open.delete(face.trackId);
    track.writer.close();
    if (face.observedFrames < fewestFrames) {
      await rm(track.path);
      return;
    }
    const { trackId: id, shotIndex, startFrame, lastSeenFrame, observedFrames } = face;
    judgeCovers(track.path, lastSeenFrame + 1 - startFrame);
    this.#tracks.push({
      id,
      shotIndex,
      startFrame,
      endFrame: lastSeenFrame + 1,
      observedFrames,
      medianBox: medianBox(track.boxes),
      meanPresence: track.presenceSum / observedFrames,
      descriptor: meanDescriptor(track.portraits),
    });
  }

  /** Closes what an interrupted analysis left open. */
  close(): void {
    for (const track of this.#open.values()) track.writer.close();
    this.#open.clear();
  }

  #trackOf(face: LiveFace): OpenTrack {
    let track = this.#open.get(face.trackId);
    if (track === undefined) {
      const path = trackPath(this.#folder, face.trackId);
      track = {
        path,
        writer: new TrackWriter(path, face.startFrame),
        boxes: [],
        boxEvery: 1,
        presenceSum: 0,
        portraits: [],
        lastPortraitCheck: -Infinity,
      };
      this.#open.set(face.trackId, track);
    }
    return track;
  }

  async #considerPortrait(
    track: OpenTrack,
    frame: VideoFrame,
    { presence, square }: MeshReading,
    pose: HeadPose,
  ): Promise<void> {
    const quality = portraitQuality(this.#mesher.pixels, pose, presence);
    const worst = track.portraits.at(-1);
    // A hair's breadth better is not worth a run of the describer.
    if (track.portraits.length >= portraitCount && worst !== undefined && quality < worst.quality * 1.1)
      return;
    const descriptor = await this.#describer.describe(frame, square);
    track.portraits.push({ quality, descriptor });
    track.portraits.sort((a, b) => b.quality - a.quality);
    track.portraits.length = Math.min(track.portraits.length, portraitCount);
  }
}

function keepBox(track: OpenTrack, box: MeshBox, observation: number): void {
  if (observation % track.boxEvery !== 0) return;
  track.boxes.push(box);
  if (track.boxes.length < boxSample * 2) return;
  track.boxes = track.boxes.filter((_, i) => i % 2 === 0);
  track.boxEvery *= 2;
}

function medianBox(boxes: readonly MeshBox[]): PixelBox {
  const median = (side: keyof MeshBox): number =>
    boxes.map((box) => box[side]).sort((a, b) => a - b)[boxes.length >> 1];
  return toPixelBox({
    left: median('left'),
    top: median('top'),
    right: median('right'),
    bottom: median('bottom'),
  });
}

function meanDescriptor(portraits: readonly Portrait[]): Float32Array | null {
  if (portraits.length === 0) return null;
  const sum = new Float32Array(descriptorLength);
  for (const { descriptor } of portraits) for (let i = 0; i < sum.length; i += 1) sum[i] += descriptor[i];
  return unitLength(sum);
}

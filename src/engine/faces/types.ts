import type { PixelBox } from '../media/frame.ts';

/** Points of MediaPipe's face mesh (https://arxiv.org/abs/1907.06724), each x, y, z. */
export const meshPointCount = 468;
/** Floats per mesh: x and y in pixels of the upright frame, z in the same scale (towards the camera is negative). */
export const meshFloatCount = meshPointCount * 3;

/** Where the head looks; 0, 0, 0 faces the camera. */
export interface HeadPose {
  /** Turn to the side, degrees, positive when the nose moves to the picture's right. */
  readonly yawDegrees: number;
  /** Nod, degrees, positive when the nose moves down. */
  readonly pitchDegrees: number;
  /** Tilt in the picture plane, degrees, positive clockwise. */
  readonly rollDegrees: number;
}

/** One face in one frame. */
export interface FaceObservation {
  readonly frameIndex: number;
  readonly trackId: number;
  /** `meshFloatCount` floats; only valid until the store's next read unless copied. */
  readonly mesh: Float32Array;
  /** Probability that the mesh lies on a face, 0 to 1. */
  readonly presence: number;
  /** How far the mouth can be trusted to be seen: 1 free, 0 covered or turned away. */
  readonly mouthVisibility: number;
  readonly pose: HeadPose;
}

/** One person's face through one shot, from `startFrame` to `endFrame` (exclusive). Gaps inside are allowed. */
export interface FaceTrack {
  readonly id: number;
  /** Tracks of one person share it; people are numbered from 1 by screen time, most seen first. */
  readonly personId: number;
  readonly shotIndex: number;
  readonly startFrame: number;
  readonly endFrame: number;
  /** How many frames inside the range hold an observation. */
  readonly observedFrames: number;
  /** Box around the mesh, median over the track. */
  readonly medianBox: PixelBox;
  readonly meanPresence: number;
}

/** A run of frames without a cut; `endFrame` is exclusive. */
export interface Shot {
  readonly startFrame: number;
  readonly endFrame: number;
}

/** All faces of a film: the small part, which stays in memory. Meshes are read from the store beside it. */
export interface FaceIndex {
  readonly frameCount: number;
  readonly width: number;
  readonly height: number;
  readonly shots: readonly Shot[];
  readonly tracks: readonly FaceTrack[];
  /** Person ids, most seen first. */
  readonly people: readonly { readonly personId: number; readonly observedFrames: number }[];
}

/** Meshes of a film on disk, in reach by track and frame. Memory use does not depend on the film's length. */
export interface FaceStore {
  readonly index: FaceIndex;
  /** The observation of a track in a frame, or null where it was not seen. The mesh is a fresh copy. */
  read(trackId: number, frameIndex: number): FaceObservation | null;
  /** The person's best observation in a frame (one person may have one track per shot), or null. */
  readPerson(personId: number, frameIndex: number): FaceObservation | null;
  close(): void;
}

import { referenceFace } from '../../src/engine/faces/reference-face.ts';
import { lipsOuter, mouthCorners } from '../../src/engine/faces/mesh-points.ts';
import type { FaceObservation, FaceStore, FaceTrack } from '../../src/engine/faces/types.ts';
import type { LipScene } from '../../src/engine/lipsync/types.ts';
import type { PlanarFormat, VideoFrame } from '../../src/engine/media/frame.ts';
import { frameOf } from './planar-frames.ts';

/** Where a made-up face is in a frame. */
export interface FacePlace {
  /** Point between the eyes, pixels. */
  readonly x: number;
  readonly y: number;
  /** Distance of the outer eye corners, pixels. */
  readonly eyes: number;
  readonly trackId?: number;
  readonly mouthVisibility?: number;
}

/** The reference face moved and scaled to a place. */
export function meshAt({ x, y, eyes }: FacePlace): Float32Array {
  return referenceFace.map((value, i) => value * eyes + [x, y, 0][i % 3]);
}

/** Faces that are where a formula says; null where nobody is to be seen. One person, number 1. */
export function madeUpFaces(
  size: { readonly width: number; readonly height: number },
  frameCount: number,
  placeOf: (frameIndex: number) => FacePlace | null,
): FaceStore & { readonly reads: () => number } {
  let reads = 0;
  const read = (frameIndex: number): FaceObservation | null => {
    reads++;
    const place = placeOf(frameIndex);
    return place === null
      ? null
      : {
          frameIndex,
          trackId: place.trackId ?? 1,
          mesh: meshAt(place),
          presence: 0.99,
          mouthVisibility: place.mouthVisibility ?? 1,
          pose: { yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0 },
        };
  };
  const track: FaceTrack = {
    id: 1,
    personId: 1,
    shotIndex: 0,
    startFrame: 0,
    endFrame: frameCount,
    observedFrames: frameCount,
    medianBox: { x: 0, y: 0, ...size },
    meanPresence: 0.99,
  };
  return {
    index: {
      frameCount,
      ...size,
      shots: [{ startFrame: 0, endFrame: frameCount }],
      tracks: [track],
      people: [{ personId: 1, observedFrames: frameCount }],
    },
    read(trackId, frameIndex) {
      const seen = read(frameIndex);
      return seen?.trackId === trackId ? seen : null;
    },
    readPerson: (personId, frameIndex) => (personId === 1 ? read(frameIndex) : null),
    reads: () => reads,
    close: () => undefined,
  };
}

/** Ticks of a constant rate, 1/90000 s each. */
export function sceneOf(faces: FaceStore, format: PlanarFormat, fps: number): LipScene {
  const { frameCount, width, height } = faces.index;
  const timeBase = { num: 1, den: 90_000 };
  const ticks = Float64Array.from({ length: frameCount + 1 }, (_, i) => Math.round((i * 90_000) / fps));
  const path = 'made-up';
  const video = {
    streamIndex: 0,
    codec: 'rawvideo',
    profile: '',
    width,
    height,
    sampleAspectRatio: { num: 1, den: 1 },
    rotationDegrees: 0,
    pixelFormat: format.name,
    planarFormat: format,
    colour: { range: 'tv', space: 'bt709', primaries: 'bt709', transfer: 'bt709' },
    frameRate: { num: fps, den: 1 },
    timeBase,
    startTimecode: null,
  } as const;
  return {
    source: {
      info: {
        path,
        formatName: 'rawvideo',
        sizeBytes: 0,
        durationSeconds: frameCount / fps,
        startSeconds: 0,
        video,
        audio: [],
        subtitleStreamCount: 0,
      },
      video,
      table: { timeBase, frameCount, ticks, isVariableRate: false },
    },
    faces,
    originalSound: null,
    cacheFolder: '.',
  };
}

/** A shaded head with lips at a place, with a little grain: smooth enough for 96 pixels to hold its shape. */
export function drawFace(
  place: FacePlace,
  request: {
    readonly format: PlanarFormat;
    readonly width: number;
    readonly height: number;
    readonly index: number;
  },
): VideoFrame {
  const mesh = meshAt(place);
  const [left, right] = mouthCorners.map((point) => mesh[point * 3]);
  const middle = (left + right) / 2;
  const mouthY = lipsOuter.reduce((sum, point) => sum + mesh[point * 3 + 1], 0) / lipsOuter.length;
  const { format } = request;
  const unit = 2 ** (format.bitDepth - 8);
  let state = request.index + 1;
  const grain = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2_147_483_648 - 1;
  };
  return frameOf({
    ...request,
    colour: { range: 'tv', space: 'bt709', primaries: 'bt709', transfer: 'bt709' },
    value(plane, column, row) {
      const isChroma = format.model === 'yuv' && (plane === 1 || plane === 2);
      const x = isChroma ? column << format.chromaShiftX : column;
      const y = isChroma ? row << format.chromaShiftY : row;
      const across = (x - place.x) / place.eyes;
      const down = (y - place.y) / place.eyes;
      const lips = Math.exp(
        -(((x - middle) / (right - left)) ** 2) * 6 - ((y - mouthY) / (right - left)) ** 2 * 40,
      );
      if (plane === 1 && isChroma) return unit * (112 + 3 * across);
      if (plane === 2 && isChroma) return unit * (148 + 14 * lips);
      return unit * (135 - 18 * across * across - 12 * down - 45 * lips + 1.5 * grain());
    },
  });
}

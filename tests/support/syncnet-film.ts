import { referenceFace } from '../../src/engine/faces/reference-face.ts';
import type { FaceObservation, FaceStore, FaceTrack } from '../../src/engine/faces/types.ts';
import type { VideoFrame } from '../../src/engine/media/frame.ts';
import { meshFloatCount } from '../../src/engine/faces/types.ts';
import type { MeshBox } from '../../src/engine/faces/mesh-box.ts';
import { frameOf, planarFormats } from './planar-frames.ts';

/** A film that a Python script can make too: whole-number arithmetic only. */
export const goldenFilm = { width: 260, height: 210, frameCount: 170, fps: 30 };

/** Triangle wave of period 510 between 0 and 255. */
function wave(value: number): number {
  const at = value % 510;
  return at < 256 ? at : 510 - at;
}

/** Frame `index`: red, green and blue are moving slopes. The same as `film_frame` of scripts/reference/syncnet_reference.py. */
export function goldenFrame(index: number): VideoFrame {
  const { width, height } = goldenFilm;
  // Planes in the order of gbrp.
  const channels = [1, 2, 0];
  return frameOf({
    format: planarFormats.gbrp,
    width,
    height,
    index,
    value: (plane, x, y) => wave(3 * x + 2 * y + 90 * channels[plane] + 11 * index + ((x * y) >> 6)),
  });
}

/** The face in frame `index`, null where it is not seen. The same as `face_box` of the script. */
export function goldenBox(index: number): MeshBox | null {
  if (index >= 60 && index < 75) return null;
  const left = 80 + wave(9 * index) / 4;
  const top = 40 + wave(13 * index + 100) / 8;
  return { left, top, right: left + 100 + (index % 7), bottom: top + 112 + (index % 5) };
}

/** A mesh that has just these bounds. */
function meshWithin(box: MeshBox): Float32Array {
  const mesh = new Float32Array(meshFloatCount);
  for (let i = 0; i < mesh.length; i += 3) {
    mesh[i] = Math.min(box.right, Math.max(box.left, box.left + referenceFace[i]));
    mesh[i + 1] = Math.min(box.bottom, Math.max(box.top, box.top + referenceFace[i + 1]));
  }
  mesh.set([box.left, box.top, 0, box.right, box.bottom, 0]);
  return mesh;
}

/** A store of faces whose boxes are given, one track per entry; `boxOf` answers null where a face is not seen. */
export function facesWithin(
  film: { readonly width: number; readonly height: number; readonly frameCount: number },
  boxesOfTracks: readonly ((frame: number) => MeshBox | null)[],
): FaceStore {
  const { width, height, frameCount } = film;
  const tracks = boxesOfTracks.map((_, i): FaceTrack => ({
    id: i + 1,
    personId: i + 1,
    shotIndex: 0,
    startFrame: 0,
    endFrame: frameCount,
    observedFrames: frameCount,
    medianBox: { x: 0, y: 0, width, height },
    meanPresence: 1,
  }));
  const read = (trackId: number, frameIndex: number): FaceObservation | null => {
    if (frameIndex < 0 || frameIndex >= frameCount) return null;
    const box = boxesOfTracks[trackId - 1](frameIndex);
    if (box === null) return null;
    const pose = { yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0 };
    return { frameIndex, trackId, mesh: meshWithin(box), presence: 1, mouthVisibility: 1, pose };
  };
  return {
    index: {
      frameCount,
      width,
      height,
      shots: [{ startFrame: 0, endFrame: frameCount }],
      tracks,
      people: tracks.map(({ personId }) => ({ personId, observedFrames: frameCount })),
    },
    read,
    readPerson: read,
    close: () => undefined,
  };
}

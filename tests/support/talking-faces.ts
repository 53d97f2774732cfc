import { lipFeaturesOf } from '../../src/engine/faces/lip-features.ts';
import type { FaceObservation, FaceStore, FaceTrack } from '../../src/engine/faces/types.ts';
import { nudgeLips } from '../../src/engine/lipsync/unit-selection/nudge-lips.ts';
import { meshAt } from './made-up-scene.ts';

/** How wide a mouth stands open at a moment, in eye-corner distances. */
export type Opening = (seconds: number) => number;

/** The reference face with its lips so far apart. */
function talkingMesh(x: number, opening: number): Float32Array {
  const mesh = meshAt({ x, y: 100, eyes: 60 });
  nudgeLips(mesh, opening);
  return mesh;
}

/** Lip features of a mouth that stands open so far. */
export function lipsThatOpen(opening: number): Float32Array {
  return lipFeaturesOf(talkingMesh(100, opening));
}

/** People beside each other through a whole film, each with an own way of opening the mouth; numbered from 1. */
export function talkingFaces(people: readonly Opening[], frameCount: number, fps: number): FaceStore {
  const tracks = people.map((_opening, i): FaceTrack => ({
    ...{ id: i + 1, personId: i + 1, shotIndex: 0, startFrame: 0, endFrame: frameCount },
    observedFrames: frameCount,
    medianBox: { x: 40 + 200 * i, y: 40, width: 120, height: 120 },
    meanPresence: 0.99,
  }));
  const read = (id: number, frameIndex: number): FaceObservation | null => {
    const opening = people[id - 1];
    if (frameIndex < 0 || frameIndex >= frameCount) return null;
    const mesh = talkingMesh(200 * id - 100, opening((frameIndex + 0.5) / fps));
    const pose = { yawDegrees: 0, pitchDegrees: 0, rollDegrees: 0 };
    return { frameIndex, trackId: id, mesh, presence: 0.99, mouthVisibility: 1, pose };
  };
  return {
    index: {
      ...{ frameCount, width: 200 * people.length, height: 200 },
      shots: [{ startFrame: 0, endFrame: frameCount }],
      tracks,
      people: tracks.map(({ personId }) => ({ personId, observedFrames: frameCount })),
    },
    read,
    readPerson: read,
    close: () => undefined,
  };
}

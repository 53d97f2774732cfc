import { findPauses } from '../../src/engine/audio/voice-activity.ts';
import type { FaceStore } from '../../src/engine/faces/types.ts';
import type { LipScene, LipSegment } from '../../src/engine/lipsync/types.ts';
import {
  buildPersonTable,
  shapeSize,
  type PersonTable,
} from '../../src/engine/lipsync/unit-selection/person-table.ts';
import { flickerOf, lipSpeed, type Flicker } from './flicker.ts';
import type { MouthTexture } from './mouth-texture.ts';

/** How a dubbed stretch looks. */
export interface Look {
  /** Mean Laplacian variance in the mouth region, result over source. */
  readonly sharpness: number;
  readonly flicker: Flicker;
  /** Frames, from the stretch's first, in which the voice is silent. */
  readonly silent: readonly number[];
  /**
   * Mean opening of the inner lips in silence, measured again on the finished picture, and the opening below which the
   * speaker's own lips are a fifth of the time; eye-corner distances. NaN where the voice never pauses.
   */
  readonly openingInSilence: number;
  readonly ownQuantile: number;
}

/** Pauses shorter than this are stops and breaths. */
const leastPauseMs = 300;
/** Lips take this long to come to rest and may begin to move as long before the sound. */
const settleSeconds = 0.1;

/** Frames of a segment, from its first, in which nothing is said and the lips have had time to close. */
export function silentFrames({ source }: LipScene, segment: LipSegment): number[] {
  const { ticks, timeBase } = source.table;
  const rate = segment.voice.sampleRateHz;
  const secondsAt = (frame: number): number =>
    ((ticks[frame] - ticks[segment.startFrame]) * timeBase.num) / timeBase.den;
  const pauses = findPauses(segment.voice, { minPauseMs: leastPauseMs }).filter(
    ({ kind }) => kind === 'pause',
  );
  const silent: number[] = [];
  for (let frame = segment.startFrame; frame < segment.endFrame; frame++) {
    const isSilent = pauses.some(({ startSample, endSample }) => {
      const from = startSample === 0 ? 0 : startSample / rate + settleSeconds;
      const to =
        endSample === segment.voice.sampleCount
          ? secondsAt(segment.endFrame)
          : endSample / rate - settleSeconds;
      return secondsAt(frame) >= from && secondsAt(frame + 1) <= to;
    });
    if (isSilent) silent.push(frame - segment.startFrame);
  }
  return silent;
}

function tableOf(faces: FaceStore, personId: number): PersonTable {
  const table = buildPersonTable(faces, personId, new AbortController().signal);
  if (!table) throw new Error('the face was lost');
  return table;
}

/**
 * Compares a result with the film it was made from.
 * @param resultFaces found in the finished stretch; its frame 0 is the segment's first.
 */
export function measureLook(
  scene: LipScene,
  segment: LipSegment,
  textures: { readonly source: MouthTexture; readonly result: MouthTexture },
  resultFaces: FaceStore,
): Look {
  const { personId, startFrame } = segment;
  const own = tableOf(scene.faces, personId);
  const resultPerson = resultFaces.index.people.at(0)?.personId ?? 1;
  const result = tableOf(resultFaces, resultPerson);
  const seen = Array.from(own.trackIds.keys()).filter((frame) => own.trackIds[frame] >= 0);
  const openings = seen.map((frame) => own.shapes[frame * shapeSize]).sort((a, b) => a - b);
  const silent = silentFrames(scene, segment).filter((frame) => result.trackIds[frame] >= 0);
  const atRest = silent.reduce((sum, frame) => sum + result.shapes[frame * shapeSize], 0) / silent.length;
  return {
    sharpness: textures.result.sharpness / textures.source.sharpness,
    flicker: flickerOf(
      { moments: textures.source.moments, speedAt: (frame) => lipSpeed(scene.faces, personId, frame) },
      {
        moments: textures.result.moments,
        speedAt: (frame) => lipSpeed(resultFaces, resultPerson, frame - startFrame),
      },
    ),
    silent,
    openingInSilence: atRest,
    ownQuantile: openings[Math.floor(openings.length / 5)],
  };
}

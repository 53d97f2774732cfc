import { findPauses } from '../../src/engine/audio/voice-activity.ts';
import type { FaceStore } from '../../src/engine/faces/types.ts';
import type { LipScene, LipSegment } from '../../src/engine/lipsync/types.ts';
import {
  buildPersonTable,
  shapeSize,
  type PersonTable,
} from '../../src/engine/lipsync/unit-selection/person-table.ts';
import { expectation } from './expectation.ts';
import { flickerOf, lipSpeed, type Flicker } from './flicker.ts';
import type { MouthTexture } from './mouth-texture.ts';

/** How a dubbed stretch looks. */
export interface Look {
  /** Mean Laplacian variance in the mouth region, result over source. */
  readonly sharpness: number;
  /**
   * The same against what the source shows with its lips as far open as the result's are there: teeth have edges that
   * closed lips have not, and another voice opens the mouth at other moments.
   */
  readonly sharpnessAlike: number;
  readonly flicker: Flicker;
  /** Frames, from the stretch's first, in which the voice is silent. */
  readonly silent: readonly number[];
  /**
   * Mean opening of the inner lips in silence, measured again on the finished picture, and the opening below which the
   * speaker's own lips are a fifth of the time; eye-corner distances. NaN where the voice never pauses. A turned or
   * lowered head changes by up to 0.01 what the mesh calls closed, so the second quantile is taken of those of the
   * speaker's frames whose head is held as in the silent ones (NaN where there are few).
   */
  readonly openingInSilence: number;
  readonly ownQuantile: number;
  readonly ownQuantileAtPose: number;
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

/** Heads this close to one another are held alike. */
const alikePoseDegrees = 4;
const leastFrames = 25;

function lowestFifth(table: PersonTable, frames: readonly number[]): number {
  const openings = frames.map((frame) => table.shapes[frame * shapeSize]).sort((a, b) => a - b);
  return openings[Math.floor(openings.length / 5)];
}

function sharpnessAlike(
  { source, result }: { readonly source: MouthTexture; readonly result: MouthTexture },
  openingOf: Readonly<Record<'source' | 'result', (frame: number) => number>>,
): number {
  const seen = source.moments.map(({ frame, sharpness }) => ({
    at: openingOf.source(frame),
    value: sharpness,
  }));
  const expected = expectation(seen, { isRising: false });
  let shown = 0;
  let due = 0;
  for (const { frame, sharpness } of result.moments) {
    shown += sharpness;
    due += expected(openingOf.result(frame));
  }
  return shown / due;
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
  const silent = silentFrames(scene, segment).filter((frame) => result.trackIds[frame] >= 0);
  const atRest = silent.reduce((sum, frame) => sum + result.shapes[frame * shapeSize], 0) / silent.length;
  const poses = silent.map((frame) => result.poses.subarray(2 * frame, 2 * frame + 2));
  const atPose = seen.filter((frame) =>
    poses.some(
      ([yaw, pitch]) =>
        Math.hypot(own.poses[2 * frame] - yaw, own.poses[2 * frame + 1] - pitch) < alikePoseDegrees,
    ),
  );
  return {
    sharpnessAlike: sharpnessAlike(textures, {
      source: (frame) => own.shapes[frame * shapeSize],
      result: (frame) => result.shapes[(frame - startFrame) * shapeSize],
    }),
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
    ownQuantile: lowestFifth(own, seen),
    ownQuantileAtPose: atPose.length < leastFrames ? Number.NaN : lowestFifth(own, atPose),
  };
}

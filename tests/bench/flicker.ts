import { lipOutlinePoints } from '../../src/engine/faces/lip-outline.ts';
import type { FaceStore } from '../../src/engine/faces/types.ts';
import { faceUnit } from '../../src/engine/lipsync/unit-selection/mouth-geometry.ts';
import { expectation } from './expectation.ts';
import type { TextureMoment } from './mouth-texture.ts';

/**
 * Flicker, honestly: a talking mouth changes from frame to frame, and a voice that asks for more movement than the
 * film's own sound makes the mouth change more without any fault. So every step of the result (mean absolute luma
 * difference to the frame before, inside the replaced region) is held against what the *source* shows where its lips
 * move as fast in the picture as the result's lips do there, whether with the head or by talking:
 *
 *   flicker = sum of the result's steps / sum of the steps expected at the result's lip speeds
 *
 * The expectation is the mean step of the source's own frames by lip speed, interpolated between speeds and rising. It
 * does not rise beyond the fastest eighth of the source: lips that leap faster than this speaker's ever do, as at a bad
 * join, are flicker and not movement. Both films' lips are measured on their own pictures by the same face mesh, whose
 * jitter therefore counts on both sides. 1 means as steady as footage.
 */
export interface Flicker {
  readonly ratio: number;
  /** The plain ratio of mean steps, movement and all. */
  readonly plainRatio: number;
  /** The largest steps against their expectation: frame and excess, worst first. */
  readonly worst: readonly { readonly frame: number; readonly excess: number }[];
}

/** A run of moments and the speed of the lips at each (`lipSpeed`). */
export interface Movement {
  readonly moments: readonly TextureMoment[];
  readonly speedAt: (frame: number) => number;
}

/**
 * How far the 40 lip points moved in the picture since the frame before, talking and head together: root mean square,
 * in eye-corner distances. NaN where one of the two frames shows no face.
 */
export function lipSpeed(faces: FaceStore, personId: number, frame: number): number {
  const before = faces.readPerson(personId, frame - 1)?.mesh;
  const now = faces.readPerson(personId, frame)?.mesh;
  if (!before || !now) return Number.NaN;
  let sum = 0;
  for (const point of lipOutlinePoints)
    sum += (before[3 * point] - now[3 * point]) ** 2 + (before[3 * point + 1] - now[3 * point + 1]) ** 2;
  return Math.sqrt(sum / lipOutlinePoints.length) / faceUnit(now);
}

interface Step {
  readonly frame: number;
  readonly step: number;
  readonly speed: number;
}

function stepsOf({ moments, speedAt }: Movement): Step[] {
  return moments.flatMap(({ frame, step }) => {
    const speed = speedAt(frame);
    return step === null || Number.isNaN(speed) ? [] : [{ frame, step, speed }];
  });
}

/** @see Flicker */
export function flickerOf(source: Movement, result: Movement): Flicker {
  const own = stepsOf(source);
  const expected = expectation(
    own.map(({ step, speed }) => ({ at: speed, value: step })),
    { isRising: true },
  );
  const steps = stepsOf(result);
  const mean = (values: readonly Step[]): number =>
    values.reduce((sum, { step }) => sum + step, 0) / values.length;
  const meanExpected = steps.reduce((sum, { speed }) => sum + expected(speed), 0) / steps.length;
  return {
    ratio: mean(steps) / meanExpected,
    plainRatio: mean(steps) / mean(own),
    worst: steps
      .map(({ frame, step, speed }) => ({ frame, excess: step / expected(speed) }))
      .sort((a, b) => b.excess - a.excess)
      .slice(0, 5),
  };
}

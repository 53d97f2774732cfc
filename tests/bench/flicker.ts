import { lipOutlinePoints } from '../../src/engine/faces/lip-outline.ts';
import type { FaceStore } from '../../src/engine/faces/types.ts';
import { faceUnit } from '../../src/engine/lipsync/unit-selection/mouth-geometry.ts';
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

const bins = 8;

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

/** Mean step by lip speed: (speed, step) knots, both rising. */
function expectationOf(steps: readonly Step[]): (speed: number) => number {
  const bySpeed = [...steps].sort((a, b) => a.speed - b.speed);
  const knots: { speed: number; step: number; count: number }[] = [];
  for (let k = 0; k < bins; k++) {
    const part = bySpeed.slice(
      Math.floor((k * bySpeed.length) / bins),
      Math.floor(((k + 1) * bySpeed.length) / bins),
    );
    if (part.length === 0) continue;
    const sum = (pick: (step: Step) => number): number => part.reduce((total, at) => total + pick(at), 0);
    knots.push({
      speed: sum((at) => at.speed) / part.length,
      step: sum((at) => at.step) / part.length,
      count: part.length,
    });
    // Pool adjacent violators: faster lips never mean smaller steps.
    for (let last = knots.length - 1; last > 0 && knots[last].step < knots[last - 1].step; last--) {
      const [a, b] = knots.slice(last - 1);
      const count = a.count + b.count;
      const pooled = (x: number, y: number): number => (x * a.count + y * b.count) / count;
      knots.splice(last - 1, 2, { speed: pooled(a.speed, b.speed), step: pooled(a.step, b.step), count });
    }
  }
  return (speed) => {
    const above = knots.findIndex((knot) => knot.speed >= speed);
    if (above === 0) return knots[0].step;
    if (above < 0) return knots.at(-1)?.step ?? Number.NaN;
    const [a, b] = [knots[above - 1], knots[above]];
    return a.step + ((b.step - a.step) * (speed - a.speed)) / (b.speed - a.speed);
  };
}

/** @see Flicker */
export function flickerOf(source: Movement, result: Movement): Flicker {
  const own = stepsOf(source);
  const expected = expectationOf(own);
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

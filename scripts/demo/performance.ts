import type { Expression, MouthShape } from './mouth-shape.ts';
import { seededRandom, smoothstep } from './random.ts';
import type { BodyPose, FacePose } from './speaker.ts';

/** What moves besides the mouth. */
export interface Acting {
  /** Multiplies all head motion; 1 is lively. */
  readonly liveliness: number;
  readonly seed: number;
  /** Frames on which the speaker surely blinks (at a cut, say). */
  readonly blinkFrames: readonly number[];
}

/** A smooth wandering value in about −1 to 1: three sines with seeded phases and rates around `hertz`. */
function wander(random: () => number, hertz: number): (time: number) => number {
  const waves = [0.5, 1, 1.9].map((rate, index) => ({
    rate: hertz * rate * (0.8 + 0.4 * random()) * 2 * Math.PI,
    phase: random() * 2 * Math.PI,
    size: [0.5, 0.35, 0.2][index],
  }));
  return (time) => waves.reduce((sum, wave) => sum + wave.size * Math.sin(wave.rate * time + wave.phase), 0);
}

/** Mean opening of the mouth around a frame: stressed syllables carry the nods and the brows. */
function emphasis(mouths: readonly MouthShape[], frame: number, half: number): number {
  let sum = 0;
  let weight = 0;
  for (let k = -half; k <= half; k++) {
    const mouth = mouths[Math.min(mouths.length - 1, Math.max(0, frame + k))];
    const share = 1 + Math.cos((Math.PI * k) / (half + 1));
    sum += share * mouth.openingCm;
    weight += share;
  }
  return sum / weight;
}

function blinkTimes(acting: Acting, seconds: number, frameRate: number): number[] {
  const random = seededRandom(acting.seed + 11);
  const times = acting.blinkFrames.map((frame) => frame / frameRate);
  for (let time = 1.2 + random(); time < seconds; time += 2.2 + 2.4 * random()) {
    if (times.every((other) => Math.abs(other - time) > 0.9)) times.push(time);
  }
  return times;
}

/** Closing takes 80 ms, opening 160 ms. */
function blinkAt(times: readonly number[], time: number): number {
  let most = 0;
  for (const start of times) {
    const since = time - start;
    most = Math.max(most, smoothstep(-0.09, 0, since) * smoothstep(0.2, 0.04, since));
  }
  return most;
}

/** Poses for every frame of a speech: sway, nods on stressed syllables, blinks, small looks aside. */
export function perform(
  mouths: readonly MouthShape[],
  acting: Acting,
  frameRate: number,
): readonly FacePose[] {
  const random = seededRandom(acting.seed);
  const [yaw, pitch, roll] = [wander(random, 0.22), wander(random, 0.27), wander(random, 0.19)];
  const [shiftX, shiftY] = [wander(random, 0.17), wander(random, 0.24)];
  const [lookX, lookY] = [wander(random, 0.4), wander(random, 0.33)];
  const blinks = blinkTimes(acting, mouths.length / frameRate, frameRate);
  const lively = acting.liveliness;
  return mouths.map((mouth, frame): FacePose => {
    const time = frame / frameRate;
    const stress = emphasis(mouths, frame, 6);
    const slow = emphasis(mouths, frame, 20);
    const body: BodyPose = {
      yaw: 0.13 * yaw(time) * lively,
      pitch: (0.05 * pitch(time) + 0.09 * (stress - 0.3)) * lively,
      roll: 0.05 * roll(time) * lively,
      shift: [0.5 * shiftX(time) * lively, 0.25 * shiftY(time) * lively - 0.3 * stress * lively, 0],
    };
    const glance = Math.round(lookX(time) * 2) / 2;
    const expression: Expression = {
      blink: blinkAt(blinks, time),
      gazeX: -body.yaw * 0.85 + 0.05 * glance,
      gazeY: body.pitch * 0.8 + 0.03 * Math.round(lookY(time) * 2) * 0.5,
      brows: 0.1 + 1.1 * Math.max(-0.3, slow - 0.32) * lively,
      smile: 0.35 + 0.25 * smoothstep(0.3, 0.05, slow),
    };
    return { mouth, expression, body };
  });
}

import { demoLook } from './look.ts';
import type { MouthShape } from './mouth-shape.ts';
import type { FilmPlan } from './render-speaker.ts';
import { demoFrameRate } from './speech-script.ts';
import { unit } from './stage.ts';
import type { Stage } from './stage.ts';

const office: Stage = {
  camera: { from: [6, -3, 112], at: [0.5, -5.2, 0], frameHeightCm: 38.5 },
  lamps: [
    { towards: unit(-0.6, 0.5, 0.78), colour: [1.5, 1.36, 1.2], wrap: 0.28, shadows: true },
    { towards: unit(0.8, 0.1, 0.6), colour: [0.28, 0.3, 0.36], wrap: 0.5, shadows: false },
    { towards: unit(0.7, 0.5, -0.6), colour: [0.6, 0.66, 0.78], wrap: 0.1, shadows: false },
  ],
  sky: [0.34, 0.36, 0.4],
  ground: [0.17, 0.14, 0.12],
  backdrop: 'office',
  seed: 3,
};

const curtain: Stage = {
  camera: { from: [-24, -4, 106], at: [0, -4.0, 2], frameHeightCm: 30 },
  lamps: [
    { towards: unit(0.62, 0.42, 0.75), colour: [1.42, 1.28, 1.08], wrap: 0.25, shadows: true },
    { towards: unit(-0.8, 0.1, 0.55), colour: [0.2, 0.26, 0.36], wrap: 0.5, shadows: false },
    { towards: unit(-0.75, 0.5, -0.5), colour: [0.75, 0.85, 1.0], wrap: 0.1, shadows: false },
  ],
  sky: [0.25, 0.28, 0.33],
  ground: [0.14, 0.12, 0.11],
  backdrop: 'curtain',
  seed: 5,
};

/** First frame of the demo's second shot; lies in the pause before the third sentence. */
export const cutFrame = 155;

/** The bundled demo film for given mouths. */
export function demoPlan(mouths: readonly MouthShape[]): FilmPlan {
  return {
    look: demoLook,
    mouths,
    acting: { liveliness: 1, seed: 21, blinkFrames: [cutFrame + 14] },
    shots: [
      { startFrame: 0, stage: office },
      { startFrame: cutFrame, stage: curtain },
    ],
    frameRate: demoFrameRate,
    width: 512,
    height: 512,
    textureSize: 1536,
  };
}

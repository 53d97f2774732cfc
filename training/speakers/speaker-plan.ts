import { randomLook, type SpeakerLook } from '../../scripts/demo/look.ts';
import { seededRandom } from '../../scripts/demo/random.ts';
import { unit, type Stage } from '../../scripts/demo/stage.ts';
import { spokenLanguages, type SpokenLanguage } from './sentences.ts';

/** Frames per second as a fraction. */
export interface FrameRate {
  readonly num: number;
  readonly den: number;
}

/** Everything about a rendered speaker that its seed decides. */
export interface SpeakerPlan {
  readonly seed: number;
  readonly look: SpeakerLook;
  readonly stage: Stage;
  /** Multiplies head motion. */
  readonly liveliness: number;
  readonly frameRate: FrameRate;
  readonly language: SpokenLanguage;
  readonly sex: 'female' | 'male';
  readonly voice: string;
  readonly wordsPerMinute: number;
  readonly pitch: number;
}

const frameRates: readonly FrameRate[] = [
  { num: 25, den: 1 },
  { num: 30_000, den: 1001 },
  { num: 30, den: 1 },
  { num: 50, den: 1 },
];
const variants = { female: ['f1', 'f2', 'f3', 'f4', 'f5'], male: ['m1', 'm2', 'm3', 'm4', 'm7'] } as const;

/** A face-filling shot; the camera stands up to 0.2 rad aside and the key lamp on either side. */
function randomStage(seed: number, random: () => number): Stage {
  const between = (from: number, to: number): number => from + (to - from) * random();
  const turn = between(-0.2, 0.2);
  const far = between(95, 120);
  const side = random() < 0.5 ? -1 : 1;
  const warm = between(0.85, 1.15);
  return {
    camera: {
      from: [far * Math.sin(turn), between(-8, 2), far * Math.cos(turn)],
      at: [between(-0.8, 0.8), between(-3.6, -2.6), 0],
      frameHeightCm: between(25, 31),
    },
    lamps: [
      {
        towards: unit(side * between(0.3, 0.7), between(0.3, 0.6), 0.78),
        colour: [1.45 * warm, 1.33, 1.18 / warm],
        wrap: between(0.2, 0.4),
        shadows: true,
      },
      { towards: unit(-side * 0.8, 0.1, 0.6), colour: [0.28, 0.3, 0.36], wrap: 0.5, shadows: false },
      { towards: unit(-side * 0.7, 0.5, -0.6), colour: [0.6, 0.66, 0.78], wrap: 0.1, shadows: false },
    ],
    sky: [0.33, 0.36, 0.4],
    ground: [0.17, 0.14, 0.12],
    backdrop: random() < 0.5 ? 'office' : 'curtain',
    seed,
  };
}

/**
 * A speaker by number. Of any eight in a row four are women and all frame rates come twice, once for each sex; any
 * thirteen in a row speak all languages.
 */
export function planSpeaker(seed: number): SpeakerPlan {
  const random = seededRandom(seed * 7919 + 5);
  const sex = seed % 2 === 0 ? 'female' : 'male';
  const look = randomLook(seed + 100);
  const language = spokenLanguages[seed % spokenLanguages.length];
  const variant = variants[sex][Math.floor(random() * variants[sex].length)];
  return {
    seed,
    look: sex === 'female' ? { ...look, skin: { ...look.skin, stubble: 0 } } : look,
    stage: randomStage(seed, random),
    liveliness: 0.4 + 0.7 * random(),
    frameRate: frameRates[Math.floor(seed / 2) % frameRates.length],
    language,
    sex,
    voice: `${language.code}+${variant}`,
    wordsPerMinute: Math.round(145 + 45 * random()),
    pitch: Math.round(35 + 30 * random()),
  };
}

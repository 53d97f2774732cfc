import { seededRandom } from './random.ts';

/** Linear-light red, green, blue, 0 to 1. */
export type Rgb = readonly [number, number, number];

/** Proportions of a head; 1 is the average, useful from about 0.8 to 1.2. */
export interface FaceShape {
  readonly jawWidth: number;
  readonly chin: number;
  readonly cheekbones: number;
  readonly faceLength: number;
  readonly browRidge: number;
  readonly noseLength: number;
  readonly noseWidth: number;
  readonly noseDepth: number;
  readonly eyeSize: number;
  readonly lipFullness: number;
  readonly mouthWidth: number;
  readonly ears: number;
}

/** Everything about how a rendered speaker looks; nothing about what is said or how it is filmed. */
export interface SpeakerLook {
  /** Places freckles, hairs and pores. */
  readonly seed: number;
  readonly shape: FaceShape;
  readonly skin: {
    readonly colour: Rgb;
    /** 0 none to 1 many. */
    readonly freckles: number;
    /** Flush of cheeks, nose and ears, 0 to 1. */
    readonly flush: number;
    /** Shaved-beard shadow, 0 to 1. */
    readonly stubble: number;
  };
  readonly lips: Rgb;
  readonly hair: {
    readonly colour: Rgb;
    /** `short`: combed with a parting; `tied`: combed back; `shaved`: a shadow only. */
    readonly style: 'short' | 'tied' | 'shaved';
    /** Height of the hairline over the usual one, cm. */
    readonly hairlineCm: number;
    /** Strength of the brows, 0.5 to 1.5. */
    readonly brows: number;
  };
  readonly iris: Rgb;
  readonly clothes: { readonly jacket: Rgb; readonly shirt: Rgb };
}

/** The speaker of the bundled demo. */
export const demoLook: SpeakerLook = {
  seed: 7,
  shape: {
    jawWidth: 1,
    chin: 1,
    cheekbones: 1,
    faceLength: 1,
    browRidge: 1,
    noseLength: 1,
    noseWidth: 1,
    noseDepth: 1,
    eyeSize: 1,
    lipFullness: 1,
    mouthWidth: 1,
    ears: 1,
  },
  skin: { colour: [0.62, 0.36, 0.25], freckles: 0.45, flush: 0.5, stubble: 0.35 },
  lips: [0.48, 0.17, 0.15],
  hair: { colour: [0.075, 0.038, 0.02], style: 'short', hairlineCm: 0, brows: 1 },
  iris: [0.075, 0.135, 0.165],
  clothes: { jacket: [0.03, 0.045, 0.085], shirt: [0.72, 0.76, 0.82] },
};

const skins: readonly Rgb[] = [
  [0.68, 0.43, 0.33],
  [0.62, 0.36, 0.25],
  [0.5, 0.27, 0.16],
  [0.36, 0.18, 0.1],
  [0.2, 0.095, 0.052],
  [0.11, 0.05, 0.028],
];
const hairs: readonly Rgb[] = [
  [0.012, 0.009, 0.008],
  [0.04, 0.02, 0.012],
  [0.1, 0.048, 0.022],
  [0.32, 0.2, 0.09],
  [0.28, 0.09, 0.03],
  [0.38, 0.37, 0.36],
];
const irises: readonly Rgb[] = [
  [0.06, 0.028, 0.012],
  [0.12, 0.06, 0.02],
  [0.09, 0.13, 0.05],
  [0.1, 0.2, 0.28],
];

/** A speaker drawn at random: equal seeds give equal speakers. */
export function randomLook(seed: number): SpeakerLook {
  const random = seededRandom(seed);
  const around = (spread: number): number => 1 + (random() * 2 - 1) * spread;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const shade = (colour: Rgb, spread: number): Rgb => {
    const gain = around(spread);
    return [colour[0] * gain, colour[1] * gain, colour[2] * gain * around(spread / 3)];
  };
  const skinIndex = Math.floor(random() * skins.length);
  const skin = shade(skins[skinIndex], 0.12);
  const style = pick(['short', 'short', 'tied', 'shaved'] as const);
  return {
    seed,
    shape: {
      jawWidth: around(0.12),
      chin: around(0.15),
      cheekbones: around(0.2),
      faceLength: around(0.06),
      browRidge: around(0.3),
      noseLength: around(0.12),
      noseWidth: around(0.2),
      noseDepth: around(0.15),
      eyeSize: around(0.1),
      lipFullness: around(0.25),
      mouthWidth: around(0.1),
      ears: around(0.15),
    },
    skin: {
      colour: skin,
      freckles: skinIndex < 3 ? random() * 0.8 : random() * 0.1,
      flush: random() * 0.7,
      stubble: style === 'tied' ? 0 : random() * 0.8,
    },
    lips: [skin[0] * 0.8 + 0.02, skin[1] * 0.5 + 0.01, skin[2] * 0.6 + 0.01],
    hair: {
      colour: shade(skinIndex > 2 ? hairs[Math.floor(random() * 2)] : pick(hairs), 0.2),
      style,
      hairlineCm: (random() - 0.4) * 1.2,
      brows: around(0.35),
    },
    iris: skinIndex > 2 ? irises[Math.floor(random() * 2)] : pick(irises),
    clothes: {
      jacket: [random() * 0.12, random() * 0.12, random() * 0.14],
      shirt: shade(
        pick([
          [0.75, 0.78, 0.82],
          [0.5, 0.6, 0.75],
          [0.7, 0.55, 0.5],
          [0.2, 0.22, 0.26],
        ]),
        0.1,
      ),
    },
  };
}

/**
 * What a phoneme wants of the mouth. `opening` 1 is an open "aa" (1.3 cm), `spread` and `protrusion` as in
 * MouthShape; `dominance` is how much it insists against its neighbours (Cohen and Massaro 1993).
 */
export interface Viseme {
  readonly opening: number;
  readonly spread: number;
  readonly protrusion: number;
  readonly dominance: number;
  /** Part of its time for which lips meet (p, b, m) or the lower lip meets the teeth (f, v). */
  readonly contact: 'lips' | 'teeth' | null;
  /** Tongue tip at the upper teeth, 0 to 1. */
  readonly tongue: number;
  /** Stops whose closure espeak-ng plays before the phoneme's own start. */
  readonly stop: boolean;
}

type Row = readonly [names: string, opening: number, spread: number, protrusion: number, dominance: number];

const rows: readonly Row[] = [
  ['p b m', 0, 0, 0.06, 2.6],
  ['f v ʋ', 0.1, 0.08, 0, 2.2],
  ['w β ɥ', 0.14, -0.75, 0.85, 1.7],
  ['ʃ ʒ ɕ', 0.24, -0.4, 0.65, 1.4],
  ['s z', 0.17, 0.25, 0, 1.2],
  ['t d n l ɾ ɫ', 0.26, 0.1, 0, 0.7],
  ['θ ð', 0.26, 0.1, 0, 0.8],
  ['k g ɡ ŋ h x ç ʔ ɣ χ ʁ ɦ', 0.32, 0.05, 0, 0.4],
  ['ɹ r ɻ', 0.26, -0.25, 0.35, 0.8],
  ['j', 0.25, 0.45, 0, 0.7],
  ['i', 0.3, 0.7, 0, 1],
  ['ɪ ɨ ᵻ', 0.42, 0.4, 0, 0.8],
  ['e ɛ', 0.62, 0.42, 0, 1],
  ['æ', 0.85, 0.4, 0, 1.1],
  ['a ɑ ɐ ɒ', 1, 0.1, 0, 1.1],
  ['ʌ', 0.72, 0.05, 0, 0.9],
  ['ə ɚ', 0.4, 0, 0.04, 0.5],
  ['ɜ', 0.44, -0.2, 0.25, 0.9],
  ['ɔ', 0.78, -0.45, 0.5, 1.1],
  ['o œ ø', 0.55, -0.6, 0.72, 1.1],
  ['ʊ ʏ', 0.36, -0.5, 0.58, 0.9],
  ['u y', 0.22, -0.8, 0.92, 1.2],
];

const table = new Map<string, Viseme>(
  rows.flatMap(([names, opening, spread, protrusion, dominance]) =>
    names.split(' ').map((name): [string, Viseme] => [
      name,
      {
        opening,
        spread,
        protrusion,
        dominance,
        contact: 'pbm'.includes(name) ? 'lips' : 'fvʋ'.includes(name) ? 'teeth' : null,
        tongue: 'tdnlθðɾ'.includes(name) ? 0.8 : 'szʃʒ'.includes(name) ? 0.35 : 0,
        stop: 'pbtdkgɡ'.includes(name),
      },
    ]),
  ),
);

/** Lips at rest in a pause. */
export const restViseme: Viseme = {
  opening: 0,
  spread: 0,
  protrusion: 0,
  dominance: 0.9,
  contact: null,
  tongue: 0,
  stop: false,
};

/** The visemes of a phoneme name, one per vowel quality ("aɪ" has two); unknown marks (length, stress) are skipped. */
export function visemesOf(phoneme: string): readonly Viseme[] {
  const found = Array.from(phoneme).flatMap((letter) => table.get(letter) ?? []);
  if (found.length > 0) return found.slice(0, 2);
  return [phoneme.trim() === '' ? restViseme : (table.get('ə') ?? restViseme)];
}

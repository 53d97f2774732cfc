/** What the mouth does at one instant. Lengths are cm on a face whose pupils are 6.3 cm apart. */
export interface MouthShape {
  /** Distance between the inner edges of the lips at the middle, 0 when closed. */
  readonly openingCm: number;
  /** Corners: 0 at rest, 1 spread as in "ee", −1 drawn together as in "oo". */
  readonly spread: number;
  /** Lips pushed forward, 0 to 1. */
  readonly protrusion: number;
  /** How far the lower front teeth have dropped. */
  readonly jawCm: number;
  /** Lips pressed on each other (p, b, m), 0 to 1. */
  readonly press: number;
  /** Lower lip drawn under the upper teeth (f, v), 0 to 1. */
  readonly tuck: number;
  /** Tip of the tongue raised to the upper teeth (l, n, t, d, th), 0 to 1. */
  readonly tongue: number;
}

/** The rest of the face. */
export interface Expression {
  /** Lids: 0 open, 1 closed. */
  readonly blink: number;
  /** Where the eyes look relative to the head, radians; positive to the picture's right and up. */
  readonly gazeX: number;
  readonly gazeY: number;
  /** Brows: 1 raised, −1 drawn down. */
  readonly brows: number;
  /** Friendly corners of the mouth, 0 to 1. */
  readonly smile: number;
}

/** Lips closed without effort. */
export const restingMouth: MouthShape = {
  openingCm: 0,
  spread: 0,
  protrusion: 0,
  jawCm: 0,
  press: 0,
  tuck: 0,
  tongue: 0,
};

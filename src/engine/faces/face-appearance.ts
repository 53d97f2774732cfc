import { meshSide } from './face-mesher.ts';
import type { Square } from './sample-square.ts';

/**
 * Points of the lower face whose colour is looked at: skin and lip edges between nose and jaw, spread evenly, none
 * inside the lips (teeth and tongue come and go there) and none on the outline (behind it is the background).
 */
const lowerFace: readonly number[] = [
  0, 17, 73, 83, 85, 106, 140, 146, 164, 165, 167, 169, 170, 171, 181, 186, 194, 199, 200, 202, 206, 207, 210,
  211, 212, 214, 216, 303, 313, 335, 369, 375, 391, 393, 394, 395, 396, 405, 410, 418, 422, 426, 427, 430,
  431, 432, 434, 436,
];
/** Those of them around the lips. */
const nearMouth: ReadonlySet<number> = new Set([
  0, 17, 73, 83, 85, 106, 146, 164, 165, 167, 181, 186, 303, 313, 335, 375, 391, 393, 405, 410,
]);
/** Points of nose, brow and upper cheeks: they tell how the light on the face changes. */
const upperFace: readonly number[] = [
  4, 9, 36, 66, 69, 119, 121, 151, 168, 236, 266, 299, 348, 350, 360, 419,
];
const points: readonly number[] = [...lowerFace, ...upperFace];

/** Bytes of one face's appearance: red, green and blue at each point. */
export const appearanceBytes = points.length * 3;

/**
 * Colours of a face at fixed places of its mesh, each the mean of 3 × 3 samples of the square that the mesh was read
 * from (`pixels`: three planes of 192 × 192, 0 to 1).
 */
export function sampleAppearance(pixels: Float32Array, square: Square, mesh: Float32Array): Uint8Array {
  const appearance = new Uint8Array(appearanceBytes);
  const step = meshSide / square.size;
  const [cos, sin] = [Math.cos(square.angle) * step, Math.sin(square.angle) * step];
  const inside = (value: number): number => Math.min(meshSide - 2, Math.max(1, Math.floor(value)));
  points.forEach((point, i) => {
    const dx = mesh[point * 3] - square.centreX;
    const dy = mesh[point * 3 + 1] - square.centreY;
    const x = inside(dx * cos + dy * sin + meshSide / 2);
    const y = inside(-dx * sin + dy * cos + meshSide / 2);
    for (let channel = 0; channel < 3; channel += 1) {
      let sum = 0;
      for (let row = y - 1; row <= y + 1; row += 1) {
        const at = (channel * meshSide + row) * meshSide + x;
        sum += pixels[at - 1] + pixels[at] + pixels[at + 1];
      }
      appearance[i * 3 + channel] = Math.round((sum / 9) * 255);
    }
  });
  return appearance;
}

/** Smallest value below which at least `part` of a histogram's counts lie. */
function quantile(histogram: Uint32Array, part: number): number {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (let value = 0; value < histogram.length; value += 1) {
    below += histogram[value];
    if (below >= total * part) return value;
  }
  return histogram.length - 1;
}

/** Movement of a point's colour that speech, light and codec cause, in 8-bit steps. */
const leastSpread = 8;
/** A colour farther than so many spreads from the median is something else's. */
const strangeFrom = 3;

/** What a face usually looks like: median and spread of each colour of its appearance over a track. */
export class UsualAppearance {
  readonly #histograms = Array.from({ length: appearanceBytes }, () => new Uint32Array(256));
  #usual: { readonly median: Uint8Array; readonly spread: Float32Array } | null = null;

  /** Takes one frame into account. */
  add(appearance: Uint8Array): void {
    this.#usual = null;
    appearance.forEach((value, i) => (this.#histograms[i][value] += 1));
  }

  /**
   * Part of the lower face or of what lies around the lips, whichever is more, 0 to 1, that does not look as it
   * usually does: a hand, a cup, a microphone that passes. What covers the mouth through most of the track is its
   * usual look and goes unnoticed.
   */
  coveredPart(appearance: Uint8Array): number {
    this.#usual ??= this.#summarise();
    const { median, spread } = this.#usual;
    const light = this.#lightChange(appearance, median);
    let strange = 0;
    let strangeNearMouth = 0;
    lowerFace.forEach((point, i) => {
      let farthest = 0;
      for (let at = i * 3; at < i * 3 + 3; at += 1)
        farthest = Math.max(farthest, Math.abs(appearance[at] - median[at] - light) / spread[at]);
      if (farthest <= strangeFrom) return;
      strange += 1;
      if (nearMouth.has(point)) strangeNearMouth += 1;
    });
    return Math.max(strange / lowerFace.length, strangeNearMouth / nearMouth.size);
  }

  /** How much lighter the upper face is than usual: the middle one of its points. */
  #lightChange(appearance: Uint8Array, median: Uint8Array): number {
    const changes = upperFace.map((_, i) => {
      const at = (lowerFace.length + i) * 3;
      return appearance[at + 1] - median[at + 1];
    });
    return changes.sort((a, b) => a - b)[changes.length >> 1];
  }

  #summarise(): { median: Uint8Array; spread: Float32Array } {
    const median = Uint8Array.from(this.#histograms, (histogram) => quantile(histogram, 0.5));
    const spread = Float32Array.from(this.#histograms, (histogram) => {
      // Half the distance between the quartiles, which is 0.67 standard deviations of a normal spread.
      const half = (quantile(histogram, 0.75) - quantile(histogram, 0.25)) / 2;
      return Math.max(leastSpread, half / 0.67);
    });
    return { median, spread };
  }
}

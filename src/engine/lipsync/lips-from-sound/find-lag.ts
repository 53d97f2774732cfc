import { lipFeatureCount, lipFeatureNames } from '../../faces/lip-features.ts';

/** What tells a lag best, and how much each counts. */
const tellingFeatures = (
  [
    ['opening', 1],
    ['width', 0.7],
    ['component1', 0.7],
    ['jaw', 0.3],
  ] as const
).map(([name, weight]) => ({ index: lipFeatureNames.indexOf(name), weight }));

const stepMs = 20;
const reachSteps = 12;
/** Below this correlation a film does not tell its lag. */
const leastCorrelation = 0.3;

/** Lags that are tried, in seconds: ±240 ms. */
const triedLags: readonly number[] = Array.from(
  { length: 2 * reachSteps + 1 },
  (_, i) => ((i - reachSteps) * stepMs) / 1000,
);

/** The furthest lag that is tried, in seconds. */
export const furthestLag: number = (reachSteps * stepMs) / 1000;

/** Sums for correlations of heard and seen lips at every lag; frames stream in, memory does not grow. */
export class LagMeter {
  readonly #sums = triedLags.map(() => tellingFeatures.map(() => new Float64Array(5)));
  #count = 0;

  /**
   * Adds one frame.
   * @param seen the frame's lips, `lipFeatureCount` numbers.
   * @param heardAt lips heard so many seconds after the frame's middle, `lipFeatureCount` numbers.
   */
  add(seen: Float32Array, heardAt: (lagSeconds: number) => Float32Array): void {
    if (seen.length !== lipFeatureCount) throw new RangeError(`${seen.length} lip features`);
    this.#count++;
    this.#sums.forEach((features, lag) => {
      const heard = heardAt(triedLags[lag]);
      features.forEach((sums, k) => {
        const { index } = tellingFeatures[k];
        const [a, b] = [seen[index], heard[index]];
        sums[0] += a;
        sums[1] += b;
        sums[2] += a * a;
        sums[3] += b * b;
        sums[4] += a * b;
      });
    });
  }

  /**
   * Milliseconds of sound minus picture at which seen and heard lips agree best, the top of a parabola through the best
   * step and its neighbours: positive when the sound comes late. Null where the film does not tell.
   */
  find(): number | null {
    const scores = this.#sums.map((features) => this.#score(features));
    let best = 1;
    for (let i = 1; i + 1 < scores.length; i++) if (scores[i] > scores[best]) best = i;
    const [before, top, after] = [scores[best - 1], scores[best], scores[best + 1]];
    if (!(top >= leastCorrelation)) return null;
    const bend = before - 2 * top + after;
    const offset = bend < 0 ? (before - after) / (2 * bend) : 0;
    return 1000 * triedLags[best] + stepMs * Math.min(Math.max(offset, -1), 1);
  }

  #score(features: readonly Float64Array[]): number {
    const n = Math.max(this.#count, 1);
    let score = 0;
    let weights = 0;
    features.forEach(([a, b, aa, bb, ab], k) => {
      const spread = Math.sqrt(Math.max(aa / n - (a / n) ** 2, 0) * Math.max(bb / n - (b / n) ** 2, 0));
      const { weight } = tellingFeatures[k];
      score += (weight * (ab / n - (a / n) * (b / n))) / (spread + 1e-9);
      weights += weight;
    });
    return score / weights;
  }
}

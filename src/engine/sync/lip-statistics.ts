import { lipFeatureCount } from '../faces/lip-features.ts';

/**
 * The least standard deviation of the opening (in eye-corner distances) that counts as speech. Landmark jitter makes
 * 0.005 to 0.01, speech 0.03 and more: a mouth below it is not blown up to look as if it moved.
 */
const leastOpeningDeviation = 0.012;

/** Mean and standard deviation of a person's lip features over the film. */
export interface LipStatistics {
  readonly mean: Float32Array;
  /** Never zero. */
  readonly deviation: Float32Array;
  /** Frames that were counted. */
  readonly frames: number;
}

/** Gathers the statistics of one person's lips, frame by frame. */
export class LipStatisticsMeter {
  readonly #sums = new Float64Array(lipFeatureCount);
  readonly #squares = new Float64Array(lipFeatureCount);
  #frames = 0;

  /** Adds one frame's features, as `lipFeaturesOf` measures them. NaN rows are left out. */
  add(features: Float32Array): void {
    if (Number.isNaN(features[0])) return;
    for (let k = 0; k < lipFeatureCount; k++) {
      this.#sums[k] += features[k];
      this.#squares[k] += features[k] * features[k];
    }
    this.#frames++;
  }

  statistics(): LipStatistics {
    const count = Math.max(this.#frames, 1);
    const mean = Float32Array.from(this.#sums, (sum) => sum / count);
    const deviation = Float32Array.from(this.#squares, (square, k) =>
      Math.sqrt(Math.max(square / count - (this.#sums[k] / count) ** 2, 1e-10)),
    );
    // A still mouth stays still: all its numbers shrink by as much as its opening falls short of speech.
    const shortfall = Math.max(1, leastOpeningDeviation / deviation[0]);
    return { mean, deviation: deviation.map((value) => value * shortfall), frames: this.#frames };
  }
}

/** Statistics of a table of raw features [frames × 12]; rows of NaN are frames without a mouth. */
export function lipStatisticsOf(features: Float32Array): LipStatistics {
  const meter = new LipStatisticsMeter();
  for (let at = 0; at < features.length; at += lipFeatureCount)
    meter.add(features.subarray(at, at + lipFeatureCount));
  return meter.statistics();
}

/** Raw features [frames × 12] in standard deviations around the person's own mean, in a new array; NaN stays NaN. */
export function normaliseLips(features: Float32Array, { mean, deviation }: LipStatistics): Float32Array {
  return features.map((value, i) => (value - mean[i % lipFeatureCount]) / deviation[i % lipFeatureCount]);
}

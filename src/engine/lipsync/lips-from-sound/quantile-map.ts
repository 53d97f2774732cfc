/** A rising curve through pairs of numbers, straight between them and beyond both ends. */
export interface QuantileMap {
  readonly from: Float32Array;
  readonly to: Float32Array;
}

/** The tails are left out: a film of some seconds does not know them. */
const knots: readonly number[] = [0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97];
/** Knots closer together than this would make steps of noise. */
const leastRise = 1e-3;

/**
 * The monotone map that gives predictions the distribution of what was seen. Predictions are drawn towards the mean by
 * what they do not know; lips that follow them as they are would mumble.
 */
export function matchQuantiles(predicted: Float32Array, seen: Float32Array): QuantileMap {
  const [from, to] = [quantiles(predicted), quantiles(seen)];
  for (let i = 1; i < from.length; i++) from[i] = Math.max(from[i], from[i - 1] + leastRise);
  return { from, to };
}

/** The map that only stretches: x → gain · x. */
export function stretchBy(gain: number): QuantileMap {
  return { from: Float32Array.of(-1, 1), to: Float32Array.of(-gain, gain) };
}

function quantiles(values: Float32Array): Float32Array {
  const sorted = Float32Array.from(values).sort();
  return Float32Array.from(knots, (q) => {
    const at = q * (sorted.length - 1);
    const before = Math.floor(at);
    return sorted[before] + (at - before) * ((sorted[before + 1] ?? sorted[before]) - sorted[before]);
  });
}

/** Where a number lies on the map. */
export function mapQuantile({ from, to }: QuantileMap, value: number): number {
  const last = from.length - 1;
  let after = 1;
  while (after < last && from[after] < value) after++;
  // Beyond the ends the outermost stretch would be steep by chance; the whole curve's mean slope is steadier.
  const isBeyond = value < from[0] || value > from[last];
  if (isBeyond) {
    const end = value < from[0] ? 0 : last;
    return to[end] + ((value - from[end]) * (to[last] - to[0])) / (from[last] - from[0]);
  }
  const share = (value - from[after - 1]) / (from[after] - from[after - 1]);
  return to[after - 1] + share * (to[after] - to[after - 1]);
}

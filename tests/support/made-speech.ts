import { lipFeatureCount } from '../../src/engine/faces/lip-features.ts';
import type { LipTable } from '../../src/engine/sync/types.ts';
import { seededRandom } from './seeded-random.ts';

/** A mouth's opening over time, about −1.5 to 1.5: a sum of slow waves that never repeats. */
export function madeOpening(seed: number): (seconds: number) => number {
  const random = seededRandom(seed);
  const waves = Array.from({ length: 7 }, () => ({
    hz: 1.5 + 3.5 * random(),
    phase: 2 * Math.PI * random(),
  }));
  return (seconds) =>
    waves.reduce((sum, { hz, phase }) => sum + Math.sin(2 * Math.PI * hz * seconds + phase), 0) * 0.5;
}

/** Lips that do nothing but open and close, z-scored: frames `rate` a second. */
export function madeLips(opening: (seconds: number) => number, seconds: number, rate = 25): LipTable {
  const count = Math.round(seconds * rate);
  const times = Float64Array.from({ length: count }, (_, i) => (i + 0.5) / rate);
  const features = new Float32Array(count * lipFeatureCount);
  times.forEach((time, i) => (features[i * lipFeatureCount] = opening(time)));
  return { features, seconds: times };
}

/** Noise that grows loud when the mouth opens, heard `delaySeconds` after it does. 16 kHz. */
export function madeVoice(
  opening: (seconds: number) => number,
  seconds: number,
  delaySeconds = 0,
): Float32Array {
  const random = seededRandom(77);
  return Float32Array.from({ length: Math.round(seconds * 16_000) }, (_, n) => {
    const level = opening(n / 16_000 - delaySeconds);
    return 0.05 * Math.exp(1.25 * Math.max(-1.6, Math.min(1.6, level))) * (2 * random() - 1);
  });
}

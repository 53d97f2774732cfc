import type { FloatTensor } from './types.ts';

/**
 * How far an answer may lie from the CPU's, as a fraction of the output's largest value. Half precision, which CoreML
 * and some GPUs use inside, stays below it (a fifth of a pixel of a landmark); a wrong driver does not.
 */
const tolerance = 2e-3;

/** How two answers to the same input differ. */
export interface OutputDifference {
  /** Largest absolute difference over all outputs; Infinity for missing, NaN or differently shaped answers. */
  readonly largest: number;
  readonly agrees: boolean;
}

/** Compares a provider's outputs with the CPU's, output by output. */
export function compareOutputs(
  expected: Readonly<Record<string, FloatTensor>>,
  actual: Readonly<Record<string, FloatTensor>>,
): OutputDifference {
  let largest = 0;
  let agrees = true;
  for (const [name, reference] of Object.entries(expected)) {
    const answer = actual[name] as FloatTensor | undefined;
    const difference =
      answer?.dims.join() === reference.dims.join()
        ? largestDifference(reference.data, answer.data)
        : Infinity;
    const scale = reference.data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    largest = Math.max(largest, difference);
    agrees &&= difference <= tolerance * scale;
  }
  return { largest, agrees };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i] - b[i]);
    if (Number.isNaN(difference)) return Infinity;
    if (difference > largest) largest = difference;
  }
  return largest;
}

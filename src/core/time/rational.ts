/** An exact fraction: a frame rate (30000/1001), a time base (1/90000), an aspect ratio. `den` is positive. */
export interface Rational {
  readonly num: number;
  readonly den: number;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/**
 * Makes a fraction in lowest terms with a positive denominator.
 * @throws RangeError when a part is not a safe integer or `den` is zero.
 */
export function rational(num: number, den: number): Rational {
  if (!Number.isSafeInteger(num) || !Number.isSafeInteger(den) || den === 0) {
    throw new RangeError(`not a fraction of safe integers: ${num}/${den}`);
  }
  const divisor = greatestCommonDivisor(num, den) * (den < 0 ? -1 : 1);
  return { num: num / divisor, den: den / divisor };
}

/** Reads "30000/1001", "30000:1001" or "25", as ffprobe prints them; null for "0/0" and anything else. */
export function parseRational(text: string): Rational | null {
  const match = /^(-?\d+)(?:[/:](\d+))?$/.exec(text.trim());
  if (!match) return null;
  const num = Number(match[1]);
  const den = Number(match[2] ?? '1');
  return den === 0 || !Number.isSafeInteger(num) || !Number.isSafeInteger(den) ? null : rational(num, den);
}

/** The fraction as a floating-point number; for borders only, never for counting frames. */
export function rationalToNumber(value: Rational): number {
  return value.num / value.den;
}

/** "30000/1001": the form ffmpeg reads everywhere. */
export function formatRational(value: Rational): string {
  return `${value.num}/${value.den}`;
}

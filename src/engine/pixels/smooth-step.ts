/** 0 up to 0, 1 from 1 on, and 3t² - 2t³ in between: a passage without a kink at either end. */
export function smoothStep(value: number): number {
  const t = value < 0 ? 0 : value > 1 ? 1 : value;
  return t * t * (3 - 2 * t);
}

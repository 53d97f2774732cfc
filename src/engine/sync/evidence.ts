/** Less of visible mouth and voice than this says nothing, seconds. */
export const leastSeconds = 1;
/** A mouth whose opening varies less (in its own standard deviations) does not speak. */
export const leastMovement = 0.2;

/**
 * The confidence that unrelated sound reaches in one comparison of twenty, by how much was compared: with less, chance
 * digs deeper valleys.
 */
export function leastConfidence(comparedSeconds: number): number {
  return 0.05 + 0.15 / Math.sqrt(Math.max(comparedSeconds, 0.02));
}

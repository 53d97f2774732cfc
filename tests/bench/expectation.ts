/** A value seen under a condition: a step at a lip speed, a sharpness at an opening. */
export interface Seen {
  readonly at: number;
  readonly value: number;
}

const bins = 8;

/**
 * What footage shows on average under a condition: means over eighths of what was seen, interpolated in between, level
 * beyond the outermost. Where the value can only rise with the condition, neighbours that fall are pooled (adjacent
 * violators).
 */
export function expectation(
  seen: readonly Seen[],
  { isRising }: { readonly isRising: boolean },
): (at: number) => number {
  const sorted = [...seen].sort((a, b) => a.at - b.at);
  const knots: (Seen & { readonly count: number })[] = [];
  for (let k = 0; k < bins; k++) {
    const from = Math.floor((k * sorted.length) / bins);
    const part = sorted.slice(from, Math.floor(((k + 1) * sorted.length) / bins));
    if (part.length === 0) continue;
    const mean = (pick: (one: Seen) => number): number =>
      part.reduce((sum, one) => sum + pick(one), 0) / part.length;
    knots.push({ at: mean((one) => one.at), value: mean((one) => one.value), count: part.length });
    while (isRising && knots.length > 1 && knots[knots.length - 1].value < knots[knots.length - 2].value) {
      const [a, b] = knots.splice(-2);
      const count = a.count + b.count;
      const pooled = (x: number, y: number): number => (x * a.count + y * b.count) / count;
      knots.push({ at: pooled(a.at, b.at), value: pooled(a.value, b.value), count });
    }
  }
  return (at) => {
    const above = knots.findIndex((knot) => knot.at >= at);
    if (above === 0) return knots[0].value;
    if (above < 0) return knots.at(-1)?.value ?? Number.NaN;
    const [a, b] = [knots[above - 1], knots[above]];
    return a.value + ((b.value - a.value) * (at - a.at)) / (b.at - a.at);
  };
}

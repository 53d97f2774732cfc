/** Brings the network's logit "the lips are closed" to one speaker: probability = 1 / (1 + exp(-(slope · logit + offset))). */
export interface ClosureScale {
  readonly slope: number;
  readonly offset: number;
}

/** How firmly a speaker's scale is held to the general one (slope 1, offset 0), in frames' worth of evidence. */
const priorWeight = 4;
const newtonSteps = 40;
/** Newton's method leaps too far where few lips are closed. */
const longestStep = 1;
/** A speaker whose closed lips sound open is a speaker whose sound is not understood. */
const slopes: readonly [number, number] = [0.2, 3];

/** Probability that the lips are closed. */
export function closureOf(logit: number, { slope, offset }: ClosureScale): number {
  return 1 / (1 + Math.exp(-(slope * logit + offset)));
}

/**
 * Fits slope and offset to a speaker's frames: logistic regression by Newton's method with a Gaussian prior around the
 * network's own scale, so that few frames change little.
 * @param isClosed 1 where the lips were seen closed.
 */
export function fitClosure(logits: Float32Array, isClosed: Uint8Array): ClosureScale {
  let slope = 1;
  let offset = 0;
  for (let step = 0; step < newtonSteps; step++) {
    // Gradient and Hessian of the negative log posterior.
    let [gs, go] = [priorWeight * (slope - 1), priorWeight * offset];
    let [hss, hso, hoo] = [priorWeight, 0, priorWeight];
    for (let i = 0; i < logits.length; i++) {
      const p = closureOf(logits[i], { slope, offset });
      const error = p - isClosed[i];
      const curve = p * (1 - p);
      gs += error * logits[i];
      go += error;
      hss += curve * logits[i] * logits[i];
      hso += curve * logits[i];
      hoo += curve;
    }
    const determinant = hss * hoo - hso * hso;
    const wanted = slope - limited((hoo * gs - hso * go) / determinant);
    const next = Math.min(Math.max(wanted, slopes[0]), slopes[1]);
    // At the border only the offset is free.
    offset -= next === wanted ? limited((hss * go - hso * gs) / determinant) : limited(go / hoo);
    slope = next;
  }
  return { slope, offset };
}

function limited(step: number): number {
  return Math.min(Math.max(step, -longestStep), longestStep);
}

/**
 * The opening up to which a speaker's lips count as closed: a quarter of the way from the 2 % to the 90 % quantile of the
 * openings, and never more than 0.03 eye-corner distances.
 */
export function closedOpening(openings: Float32Array): number {
  const sorted = Float32Array.from(openings).sort();
  const quantile = (q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? 0;
  return Math.min(quantile(0.02) + 0.25 * (quantile(0.9) - quantile(0.02)), 0.03);
}

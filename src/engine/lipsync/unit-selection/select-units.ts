/**
 * Which library frames to borrow: a shortest path through target frames × library frames (Viterbi). Staying in a run
 * (the next target frame takes the next library frame) is free; a jump costs a fixed price plus how far the lips leap.
 */
export interface UnitProblem {
  readonly targetCount: number;
  readonly libraryCount: number;
  /** Cost of showing library frame j at target frame t. Called targetCount × libraryCount times: keep it cheap. */
  readonly fillTargetCosts: (target: number, out: Float32Array) => void;
  /** 1 where library frame j directly follows frame j - 1 in the film (same shot, same person). */
  readonly followsPrevious: Uint8Array;
  /** Lip shape per library frame, row-major, already scaled so that squared distance is a cost. */
  readonly shapes: Float32Array;
  readonly shapeSize: number;
  readonly jumpCost: number;
  /** Target frames at which the picture cuts: a jump there is free. */
  readonly isCut?: Uint8Array;
}

/** How many of the cheapest states a jump may come from. */
const jumpSources = 24;

/** @returns a library frame index per target frame; empty when the library or the target is. */
export function selectUnits(problem: UnitProblem): Int32Array {
  const { targetCount, libraryCount } = problem;
  const path = new Int32Array(targetCount);
  if (targetCount === 0 || libraryCount === 0) return new Int32Array(0);
  const back =
    libraryCount <= 65_536
      ? new Uint16Array(targetCount * libraryCount)
      : new Int32Array(targetCount * libraryCount);
  let previous = new Float32Array(libraryCount);
  let current = new Float32Array(libraryCount);
  const costs = new Float32Array(libraryCount);
  problem.fillTargetCosts(0, previous);
  for (let target = 1; target < targetCount; target++) {
    problem.fillTargetCosts(target, costs);
    advance(problem, { target, previous, current, costs, back });
    [previous, current] = [current, previous];
  }
  let best = 0;
  for (let j = 1; j < libraryCount; j++) if (previous[j] < previous[best]) best = j;
  for (let target = targetCount - 1; target >= 0; target--) {
    path[target] = best;
    best = back[target * libraryCount + best];
  }
  return path;
}

interface Step {
  readonly target: number;
  readonly previous: Float32Array;
  readonly current: Float32Array;
  readonly costs: Float32Array;
  readonly back: Int32Array | Uint16Array;
}

function advance(problem: UnitProblem, step: Step): void {
  const { libraryCount, followsPrevious, shapes, shapeSize, jumpCost } = problem;
  const { target, previous, current, costs, back } = step;
  const sources = cheapest(previous, jumpSources);
  const isCut = problem.isCut?.[target] === 1;
  const row = target * libraryCount;
  for (let j = 0; j < libraryCount; j++) {
    let best = Infinity;
    let from = 0;
    if (followsPrevious[j] === 1) {
      best = previous[j - 1];
      from = j - 1;
    }
    for (const source of sources) {
      const reached = previous[source] + (isCut ? 0 : jumpCost);
      if (reached >= best) break;
      // The leap is measured from the frame that would have come next, so that natural motion is not punished.
      const expected = followsPrevious[source + 1] === 1 ? source + 1 : source;
      const leap = isCut ? 0 : squaredDistance(shapes, expected, j, shapeSize);
      if (reached + leap < best) {
        best = reached + leap;
        from = source;
      }
    }
    current[j] = best + costs[j];
    back[row + j] = from;
  }
}

function squaredDistance(shapes: Float32Array, a: number, b: number, size: number): number {
  let sum = 0;
  const rowA = a * size;
  const rowB = b * size;
  for (let k = 0; k < size; k++) {
    const difference = shapes[rowA + k] - shapes[rowB + k];
    sum += difference * difference;
  }
  return sum;
}

/** Indices of the smallest values, cheapest first. */
function cheapest(values: Float32Array, count: number): number[] {
  const best: number[] = [];
  for (let j = 0; j < values.length; j++) {
    if (best.length === count && values[j] >= values[best[count - 1]]) continue;
    let at = best.length < count ? best.push(j) - 1 : count - 1;
    while (at > 0 && values[best[at - 1]] > values[j]) {
      best[at] = best[at - 1];
      at--;
    }
    best[at] = j;
  }
  return best;
}

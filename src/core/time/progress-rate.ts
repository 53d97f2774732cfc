/** How fast a job goes now. */
export interface ProgressRate {
  /** Null until there is something to measure. */
  readonly framesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** The rate is taken over this much of the recent past: long enough to be calm, short enough to follow. */
const windowMs = 5_000;
const leastMs = 700;

interface Sample {
  readonly timeMs: number;
  readonly doneFrames: number;
}

/** Measures one stage's frames per second and the time it still needs. Keeps a few seconds of samples. */
export class ProgressMeter {
  #samples: Sample[] = [];

  /**
   * Takes the next report.
   * @param timeMs Any clock that does not jump.
   */
  add(timeMs: number, doneFrames: number, totalFrames: number): ProgressRate {
    const last = this.#samples.at(-1);
    // Going backwards is a new count, not a negative rate.
    if (last && doneFrames < last.doneFrames) this.#samples = [];
    this.#samples.push({ timeMs, doneFrames });
    while ((this.#samples[1]?.timeMs ?? Infinity) <= timeMs - windowMs) this.#samples.shift();
    const first = this.#samples[0] ?? { timeMs, doneFrames };
    const elapsedMs = timeMs - first.timeMs;
    const frames = doneFrames - first.doneFrames;
    if (elapsedMs < leastMs || frames <= 0) return { framesPerSecond: null, secondsLeft: null };
    const framesPerSecond = (frames * 1000) / elapsedMs;
    return { framesPerSecond, secondsLeft: Math.max(0, totalFrames - doneFrames) / framesPerSecond };
  }
}

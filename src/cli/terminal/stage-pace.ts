/** Frames per second over the last few seconds of one stage, and the time that is left at this pace. */
export class StagePace {
  readonly #samples: { readonly atMs: number; readonly frames: number }[] = [];
  static readonly windowMs = 8000;
  /** Below this the first frames (opening files, warming models) would tell lies. */
  static readonly silenceMs = 2000;

  add(atMs: number, frames: number): void {
    this.#samples.push({ atMs, frames });
    while (this.#samples.length > 2 && atMs - (this.#samples[0]?.atMs ?? atMs) > StagePace.windowMs) {
      this.#samples.shift();
    }
  }

  /** Null until enough has been seen. */
  framesPerSecond(): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined) return null;
    const elapsedMs = last.atMs - first.atMs;
    const frames = last.frames - first.frames;
    return elapsedMs < StagePace.silenceMs || frames <= 0 ? null : (frames * 1000) / elapsedMs;
  }

  /** Null until enough has been seen. */
  leftMs(totalFrames: number): number | null {
    const rate = this.framesPerSecond();
    const done = this.#samples.at(-1)?.frames ?? 0;
    return rate === null ? null : (Math.max(0, totalFrames - done) * 1000) / rate;
  }
}

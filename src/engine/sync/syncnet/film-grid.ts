import { frameAtSeconds, secondsOfFrame } from '../../media/presentation-table.ts';
import type { PresentationTable } from '../../media/types.ts';
import { syncNetRateHz } from './types.ts';

/**
 * A film on SyncNet's grid: grid frame g is shown at g/25 s from the film's start and is the film's frame whose time
 * is nearest, as the `-r 25` of its pipeline makes it. Of two equally near the earlier is taken.
 */
export class FilmGrid {
  readonly #table: PresentationTable;

  constructor(table: PresentationTable) {
    this.#table = table;
  }

  /** The film's frame that stands at grid frame `g`. */
  sourceFrameOf(g: number): number {
    const seconds = g / syncNetRateHz;
    const before = frameAtSeconds(this.#table, seconds);
    if (before + 1 >= this.#table.frameCount) return before;
    const behind = seconds - secondsOfFrame(this.#table, before);
    const ahead = secondsOfFrame(this.#table, before + 1) - seconds;
    return ahead < behind - 1e-9 ? before + 1 : before;
  }

  /**
   * The grid frames that show film frames `startFrame` to `endFrame` (exclusive): the first of them and the one after
   * the last. Empty (equal) where the film's frames fall between the grid's.
   */
  rangeOf(startFrame: number, endFrame: number): readonly [first: number, end: number] {
    return [this.#firstAtOrAfter(startFrame), this.#firstAtOrAfter(endFrame)];
  }

  /** The first grid frame that shows `frame` or a later one; the grid ends where the film does. */
  #firstAtOrAfter(frame: number): number {
    const { frameCount } = this.#table;
    const filmEnd = Math.max(0, Math.ceil(secondsOfFrame(this.#table, frameCount) * syncNetRateHz - 1e-6));
    if (frame >= frameCount) return filmEnd;
    const guess = Math.floor(secondsOfFrame(this.#table, frame) * syncNetRateHz) - 1;
    let g = Math.max(0, guess);
    while (g > 0 && this.sourceFrameOf(g - 1) >= frame) g--;
    while (g < filmEnd && this.sourceFrameOf(g) < frame) g++;
    return g;
  }
}

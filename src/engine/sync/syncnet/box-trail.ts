import type { MeshBox } from '../../faces/mesh-box.ts';
import { medianOfWindow } from './median-filter.ts';

/** Half of the 13 frames over which SyncNet takes the median of a box. */
const reach = 6;

/** Where a face is: the centre of its box and half the box's longer side, in pixels. */
export interface FaceSquare {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/**
 * The boxes of one stretch, frame by frame as `crop_video` smooths them: gaps are filled in straight lines, then
 * centre and size go each through a median filter of 13 frames with zeros beyond both ends.
 */
export class BoxTrail {
  readonly #count: number;
  readonly #detectionAt: (index: number) => MeshBox | null;
  /** Squares not smoothed, by index; those no longer needed are dropped. */
  readonly #squares = new Map<number, FaceSquare>();
  #nextRead = 0;
  #lastSeen: { readonly index: number; readonly box: MeshBox } | null = null;

  /**
   * @param detectionAt the box at an index of the stretch, null where there is none; the first and the last have one.
   *   Asked for each index once, in rising order
   */
  constructor(count: number, detectionAt: (index: number) => MeshBox | null) {
    this.#count = count;
    this.#detectionAt = detectionAt;
  }

  /** The smoothed square at an index; indices may not fall. */
  at(index: number): FaceSquare {
    const last = Math.min(this.#count - 1, index + reach);
    while (!this.#squares.has(last)) this.#readOne();
    for (const old of this.#squares.keys()) {
      if (old >= index - reach) break;
      this.#squares.delete(old);
    }
    const median = (value: (square: FaceSquare) => number): number =>
      medianOfWindow(2 * reach + 1, (k) => {
        const square = this.#squares.get(index + k - reach);
        return square === undefined ? 0 : value(square);
      });
    return { x: median(({ x }) => x), y: median(({ y }) => y), size: median(({ size }) => size) };
  }

  /** Reads on to the next detection and fills what lies between. */
  #readOne(): void {
    const index = this.#nextRead++;
    if (index >= this.#count) throw new Error('a stretch must end with a detection');
    const box = this.#detectionAt(index);
    if (box === null) return;
    const before = this.#lastSeen ?? { index: index - 1, box };
    for (let i = before.index + 1; i <= index; i++)
      this.#squares.set(i, squareOf(between(before.box, box, (i - before.index) / (index - before.index))));
    this.#lastSeen = { index, box };
  }
}

function between(a: MeshBox, b: MeshBox, share: number): MeshBox {
  const mix = (from: number, to: number): number => from + (to - from) * share;
  return {
    left: mix(a.left, b.left),
    top: mix(a.top, b.top),
    right: mix(a.right, b.right),
    bottom: mix(a.bottom, b.bottom),
  };
}

function squareOf({ left, top, right, bottom }: MeshBox): FaceSquare {
  return {
    x: (left + right) / 2,
    y: (top + bottom) / 2,
    size: Math.max(right - left, bottom - top) / 2,
  };
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { openFrameReader } from '../../media/frame-reader.ts';
import type { FrameReader } from '../../media/frame-reader.ts';
import type { VideoFrame } from '../../media/frame.ts';
import type { SourceVideo } from '../../media/types.ts';

/** Frames between two segments that are decoded and dropped rather than sought over: a seek costs about as much. */
const readThroughFrames = 150;
/** Frames that need no waiting would keep the event loop, and with it a cancellation, out for a whole segment. */
const turnEveryMs = 50;

/** Reads stretches of one film in rising order with as few decoders as possible. */
export class FilmCursor {
  readonly #source: SourceVideo;
  readonly #signal: AbortSignal;
  /** End of the last stretch that will be asked for; decoding beyond it would be wasted. */
  readonly #lastFrame: number;
  #reader: FrameReader | null = null;
  #frames: AsyncIterator<VideoFrame, void> | null = null;
  #nextFrame = 0;

  constructor(source: SourceVideo, endFrame: number, signal: AbortSignal) {
    this.#source = source;
    this.#lastFrame = endFrame;
    this.#signal = signal;
  }

  /** Frames `startFrame` to `endFrame` (exclusive). Finish or abandon one stretch before asking for the next. */
  async *read(startFrame: number, endFrame: number): AsyncGenerator<VideoFrame, void, undefined> {
    const gap = startFrame - this.#nextFrame;
    if (this.#frames === null || gap < 0 || gap > readThroughFrames) await this.#open(startFrame);
    let turnedMs = performance.now();
    while (this.#nextFrame < endFrame) {
      const next = await this.#frames?.next();
      if (next === undefined || next.done === true) return;
      const { value } = next;
      this.#nextFrame = value.index + 1;
      if (value.index >= startFrame) yield value;
      if (performance.now() - turnedMs > turnEveryMs) {
        await nextTurn();
        turnedMs = performance.now();
      }
    }
  }

  async close(): Promise<void> {
    await this.#reader?.close();
    this.#reader = null;
    this.#frames = null;
  }

  async #open(startFrame: number): Promise<void> {
    await this.close();
    const endFrame = Math.max(this.#lastFrame, startFrame);
    this.#reader = await openFrameReader({
      source: this.#source,
      startFrame,
      endFrame,
      signal: this.#signal,
    });
    this.#frames = this.#reader[Symbol.asyncIterator]() as AsyncIterator<VideoFrame, void>;
    this.#nextFrame = startFrame;
  }
}

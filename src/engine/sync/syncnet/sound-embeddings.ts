import type { PcmReader } from '../../lipsync/types.ts';
import type { Embedder } from './embedder.ts';
import { mfccCount, SpeechMfcc } from './speech-mfcc.ts';
import { syncNetReach } from './types.ts';

/** Sound frames that the network hears at once: 200 ms, five frames of film. */
const windowFrames = 20;
/** Sound frames per frame of film. */
const framesPerPicture = 4;

/** Embeddings of a sound's windows, window v beginning at film frame v, of which only the latest stay in memory. */
export class SoundEmbeddings {
  readonly #mfcc: SpeechMfcc;
  readonly #embedder: Embedder;
  readonly #windowCount: number;
  readonly #known = new Map<number, Float32Array>();
  #next = 0;

  /**
   * @param pcm the stretch's own sound, sample 0 at its first frame
   * @param windowCount the sound must be long enough for so many
   */
  constructor(pcm: PcmReader, embedder: Embedder, windowCount: number) {
    this.#mfcc = new SpeechMfcc(pcm);
    this.#embedder = embedder;
    this.#windowCount = windowCount;
  }

  /** Embeddings of windows v − 15 to v + 15; null before the first and after the last. `v` may not fall. */
  async around(v: number): Promise<(Float32Array | null)[]> {
    while (this.#next < Math.min(this.#windowCount, v + syncNetReach + 1)) await this.#embedMore();
    for (const old of this.#known.keys()) {
      if (old >= v - syncNetReach) break;
      this.#known.delete(old);
    }
    return Array.from(
      { length: 2 * syncNetReach + 1 },
      (_, k) => this.#known.get(v + k - syncNetReach) ?? null,
    );
  }

  async #embedMore(): Promise<void> {
    const count = Math.min(this.#embedder.capacity, this.#windowCount - this.#next);
    const first = this.#next * framesPerPicture;
    const frames = this.#mfcc.read(first, (count - 1) * framesPerPicture + windowFrames);
    for (let i = 0; i < count; i++) {
      const slot = this.#embedder.slot(i);
      for (let t = 0; t < windowFrames; t++) {
        const from = (i * framesPerPicture + t) * mfccCount;
        for (let row = 0; row < mfccCount; row++) slot[row * windowFrames + t] = frames[from + row];
      }
    }
    for (const embedding of await this.#embedder.run(count)) this.#known.set(this.#next++, embedding);
  }
}

import { lipFeatureCount } from '../../faces/lip-features.ts';
import { lipMomentRateHz, type LevelledSound, type LipBlock, type LipNetwork } from './lip-network.ts';
import { bandCount } from './sound-bands.ts';

/** Moments of a sound that lie closer together than this are heard in one go. */
const joinSeconds = 1.5;
/** At most so much sound in one go: with margins it fits into one block of the network. */
const longestSeconds = 18;

/** Numbers that a speaker's head sees per moment. */
export function headInputCount(network: LipNetwork): number {
  return lipFeatureCount + network.hiddenCount + bandCount;
}

/** What the network says between its own moments, over a stretch of sound: in a straight line. */
export class HeardStretch {
  /** The moments asked for that lie in this stretch: indices from `start` to `end` of the list. */
  readonly start: number;
  readonly end: number;
  readonly #block: LipBlock;
  readonly #hiddenCount: number;

  constructor(block: LipBlock, range: readonly [number, number], hiddenCount: number) {
    this.#block = block;
    [this.start, this.end] = range;
    this.#hiddenCount = hiddenCount;
  }

  /** Lip features as the general network says them. */
  shapeAt(seconds: number): Float32Array {
    const out = new Float32Array(lipFeatureCount);
    this.#between(this.#block.shapes, lipFeatureCount, seconds, out);
    return out;
  }

  /** What a speaker's head sees, `headInputCount` numbers: lip features, the network's hidden ones, the sound itself. */
  inputAt(seconds: number, out: Float32Array): void {
    const { shapes, hidden, bands } = this.#block;
    this.#between(shapes, lipFeatureCount, seconds, out);
    this.#between(hidden, this.#hiddenCount, seconds, out.subarray(lipFeatureCount));
    this.#between(bands, bandCount, seconds, out.subarray(lipFeatureCount + this.#hiddenCount));
  }

  /** Logit that the lips are closed. */
  closedAt(seconds: number): number {
    const out = new Float32Array(1);
    this.#between(this.#block.closed, 1, seconds, out);
    return out[0];
  }

  #between(rows: Float32Array, size: number, seconds: number, out: Float32Array): void {
    const position = seconds * lipMomentRateHz - 0.5 - this.#block.startMoment;
    const before = Math.min(Math.max(Math.floor(position), 0), this.#block.count - 2);
    const share = Math.min(Math.max(position - before, 0), 1);
    for (let k = 0; k < size; k++) {
      const at = before * size + k;
      out[k] = rows[at] * (1 - share) + rows[at + size] * share;
    }
  }
}

/**
 * Listens around some moments of a sound (the middles of film frames), stretch by stretch. What lies far from all of
 * them is not listened to.
 * @param seconds rising; may lie outside the sound, where there is silence.
 * @param marginSeconds how far from its moments each stretch may be asked.
 */
export async function* hearAround(
  network: LipNetwork,
  sound: LevelledSound,
  { seconds, marginSeconds = 0 }: { readonly seconds: Float64Array; readonly marginSeconds?: number },
  signal: AbortSignal,
): AsyncGenerator<HeardStretch> {
  for (let start = 0; start < seconds.length;) {
    let end = start + 1;
    while (
      end < seconds.length &&
      seconds[end] - seconds[end - 1] < joinSeconds &&
      seconds[end] - seconds[start] < longestSeconds
    )
      end++;
    const first = Math.floor((seconds[start] - marginSeconds) * lipMomentRateHz - 0.5);
    const last = Math.ceil((seconds[end - 1] + marginSeconds) * lipMomentRateHz - 0.5);
    const range = [first, Math.max(last, first + 1) + 1] as const;
    for await (const block of network.hear(sound, signal, range))
      yield new HeardStretch(block, [start, end], network.hiddenCount);
    start = end;
  }
}

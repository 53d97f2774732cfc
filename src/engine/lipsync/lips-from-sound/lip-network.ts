import { normaliseVoiceMel, readVoiceMel, voiceMelCount, type VoiceLevel } from '../../audio/voice-mel.ts';
import { lipFeatureCount } from '../../faces/lip-features.ts';
import { openModel } from '../../inference/open-model.ts';
import type { FloatTensor, Model } from '../../inference/types.ts';
import { DubwrightError } from '../../../contract/errors.ts';
import type { PcmReader } from '../types.ts';
import { soundBands } from './sound-bands.ts';

/** Moments per second at which the network answers; moment j lies at (j + 0.5) · 20 ms. */
export const lipMomentRateHz = 50;
const melPerMoment = 2;
const melBands = 80;
/** Moments that one run of the network answers: 20 s. Memory stays at one block, whatever the length of the sound. */
const blockMoments = 1000;
/** The network hears at most 0.7 s to each side; with that much context a block's answer is that of the whole. */
const contextMoments = 35;

/** What the network says about some neighbouring moments of a sound. */
export interface LipBlock {
  readonly startMoment: number;
  readonly count: number;
  /** count × `lipFeatureCount`: lip features in standard deviations of an average speaker's lips. */
  readonly shapes: Float32Array;
  /** Logit per moment that the lips are closed. */
  readonly closed: Float32Array;
  /** count × `LipNetwork.hiddenCount`: what the network knows before it decides; for a speaker's own head. */
  readonly hidden: Float32Array;
  /** count × `bandCount`: the sound itself (`soundBands`). */
  readonly bands: Float32Array;
}

/** A sound with the level by which it is normalised. */
export interface LevelledSound {
  readonly pcm: PcmReader;
  readonly level: VoiceLevel;
}

/** How many moments a sound has. */
export function lipMomentCount(pcm: PcmReader): number {
  return Math.ceil(voiceMelCount(pcm) / melPerMoment);
}

/**
 * The network that hears what lips do (models/lips-from-sound.onnx): `mel` [1, 80, 2N] in; `shape` [1, 12, N],
 * `closed` [1, 1, N] and `features` [1, C, N] out.
 */
export class LipNetwork {
  readonly #model: Model;
  /** Numbers per moment in `LipBlock.hidden`. */
  readonly hiddenCount: number;

  private constructor(model: Model, hiddenCount: number) {
    this.#model = model;
    this.hiddenCount = hiddenCount;
  }

  /**
   * Opens the network on the CPU with one thread (it hears hundreds of seconds of sound in one), and tries it on a
   * moment of silence.
   * @throws DubwrightError MODEL_NOT_FOUND, MODEL_UNREADABLE, MODEL_WRONG_SHAPE
   */
  static async open(from: { readonly path: string } | { readonly bytes: Uint8Array }): Promise<LipNetwork> {
    const model = await openModel({ ...from, provider: 'cpu', threads: 1 });
    try {
      const moments = 8;
      const mel = new Float32Array(melBands * melPerMoment * moments);
      const { features } = await answerOf(model, mel, moments);
      return new LipNetwork(model, features.length / moments);
    } catch (error) {
      await model.close();
      throw error;
    }
  }

  /**
   * Hears moments `range[0]` to `range[1]` (the whole sound by default) in blocks of 20 s. Beyond both ends of the sound
   * there is silence.
   */
  async *hear(
    { pcm, level }: LevelledSound,
    signal: AbortSignal,
    range: readonly [number, number] = [0, lipMomentCount(pcm)],
  ): AsyncGenerator<LipBlock> {
    for (let start = range[0]; start < range[1]; start += blockMoments) {
      signal.throwIfAborted();
      const count = Math.min(blockMoments, range[1] - start);
      const heard = count + 2 * contextMoments;
      const mel = readVoiceMel(pcm, melPerMoment * (start - contextMoments), melPerMoment * heard);
      const normalised = normaliseVoiceMel(mel, level);
      const answer = await answerOf(this.#model, normalised, heard);
      yield {
        startMoment: start,
        count,
        shapes: momentsOf(answer.shape, lipFeatureCount, heard),
        closed: momentsOf(answer.closed, 1, heard),
        hidden: momentsOf(answer.features, this.hiddenCount, heard),
        bands: soundBands(normalised, heard, contextMoments, count),
      };
    }
  }

  close(): Promise<void> {
    return this.#model.close();
  }
}

/** Turns channels × moments into moments × channels and leaves the context away. */
function momentsOf(channels: Float32Array, size: number, heard: number): Float32Array {
  const count = heard - 2 * contextMoments;
  const out = new Float32Array(count * size);
  for (let channel = 0; channel < size; channel++) {
    const row = channel * heard + contextMoments;
    for (let i = 0; i < count; i++) out[i * size + channel] = channels[row + i];
  }
  return out;
}

interface Answer {
  readonly shape: Float32Array;
  readonly closed: Float32Array;
  readonly features: Float32Array;
}

async function answerOf(model: Model, mel: Float32Array, moments: number): Promise<Answer> {
  const dims = [1, melBands, melPerMoment * moments];
  const outputs: Readonly<Partial<Record<string, FloatTensor>>> = await model.run({
    mel: { data: mel, dims },
  });
  const take = (name: string, channels: number | null): Float32Array => {
    const output = outputs[name];
    const [batch, size, count] = output?.dims ?? [];
    if (!output || batch !== 1 || count !== moments || (channels !== null && size !== channels))
      throw new DubwrightError('MODEL_WRONG_SHAPE', {
        output: name,
        reason: `output ${name} is ${output ? output.dims.join('x') : 'missing'}, not 1x${channels ?? 'C'}x${moments}`,
      });
    return output.data;
  };
  return {
    shape: take('shape', lipFeatureCount),
    closed: take('closed', 1),
    features: take('features', null),
  };
}

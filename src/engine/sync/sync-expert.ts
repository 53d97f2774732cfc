import { logMelBandCount } from '../audio/spectral-features.ts';
import { normaliseVoiceMel, readVoiceMel } from '../audio/voice-mel.ts';
import { lipFeatureCount } from '../faces/lip-features.ts';
import { openWithFallback, type OnFallback } from '../inference/open-with-fallback.ts';
import type { FloatTensor, Model, ProviderName } from '../inference/types.ts';
import { DubwrightError } from '../../contract/errors.ts';
import { readExpertFiles, type ExpertFiles } from './bundled-expert.ts';
import type { HeardSound } from './heard-sound.ts';
import { lipMoments } from './lip-moments.ts';
import type { LipTable } from './types.ts';

/** Both networks see at most this far, so that a block with as much around it answers like the whole: 0.7 s. */
export const contextMoments = 35;

/** Unit vectors, one per moment: row-major [count × size]. */
export interface Embeddings {
  readonly data: Float32Array;
  readonly size: number;
}

/** Embeddings of lips, with what was seen of them. */
export interface LipEmbeddings extends Embeddings {
  /** 1 at moments at which the mouth was seen. */
  readonly seen: Uint8Array;
  /** z-scored opening of each moment. */
  readonly opening: Float32Array;
}

/** How an expert is opened. */
export interface SyncExpertOptions {
  /** Folder with `bundled.json`, `sync-sound.onnx` and `sync-lips.onnx`; the bundled one unless given. */
  readonly modelsFolder?: string;
  readonly provider?: ProviderName;
  /** Threads of the CPU provider. */
  readonly threads?: number;
  readonly onFallback?: OnFallback;
}

/**
 * The network that knows whether lips and sound belong together: each is turned into a unit vector per moment, and
 * those of one utterance lie close (InfoNCE; after Chung and Zisserman, "Out of time: automated lip sync in the wild",
 * 2016, on lip shapes instead of pixels).
 */
export class SyncExpert {
  readonly biasMs: number;
  /** Part of the key of whatever is computed with this expert. */
  readonly fingerprint: string;
  readonly #sound: Model;
  readonly #lips: Model;

  constructor(files: ExpertFiles, sound: Model, lips: Model) {
    this.biasMs = files.biasMs;
    this.fingerprint = files.fingerprint;
    this.#sound = sound;
    this.#lips = lips;
  }

  /** Execution provider that runs the networks now. */
  get provider(): ProviderName {
    return this.#lips.provider;
  }

  /**
   * The sound at moments `start` to `start + count` (any integers; beyond the sound it is silent). Keep blocks within
   * a minute: memory grows with `count`.
   */
  async soundEmbeddings(sound: HeardSound, start: number, count: number): Promise<Embeddings> {
    const first = start - contextMoments;
    const moments = count + 2 * contextMoments;
    const mel = normaliseVoiceMel(readVoiceMel(sound.pcm, 2 * first, 2 * moments), sound.level);
    const answer = await this.#sound.run({ mel: { data: mel, dims: [1, logMelBandCount, 2 * moments] } });
    return innerRows(answer['embedding'], moments, count);
  }

  /** The lips at moments `start` to `start + count`. The table needs 0.7 s of the film beyond both ends, where there is any. */
  async lipEmbeddings(lips: LipTable, start: number, count: number): Promise<LipEmbeddings> {
    const moments = count + 2 * contextMoments;
    const { values, seen } = lipMoments(lips, start - contextMoments, moments);
    const answer = await this.#lips.run({ lips: { data: values, dims: [1, lipFeatureCount, moments] } });
    const rows = innerRows(answer['embedding'], moments, count);
    const inner = [contextMoments, contextMoments + count] as const;
    // The opening is the first of the features.
    return { ...rows, seen: seen.subarray(...inner), opening: values.subarray(...inner) };
  }

  /** Frees the networks. */
  async close(): Promise<void> {
    await Promise.all([this.#sound.close(), this.#lips.close()]);
  }
}

/**
 * Opens the expert.
 * @throws DubwrightError MODEL_NOT_FOUND, MODEL_UNREADABLE, MODEL_WRONG_SHAPE
 */
export async function createSyncExpert(options: SyncExpertOptions = {}): Promise<SyncExpert> {
  const { onFallback = () => undefined, provider = 'cpu', threads } = options;
  const files = await readExpertFiles(options.modelsFolder);
  const settings = { provider, ...(threads === undefined ? {} : { threads }) };
  const sound = await openWithFallback({ path: files.soundPath, ...settings }, onFallback);
  try {
    const lips = await openWithFallback({ path: files.lipsPath, ...settings }, onFallback);
    assertInterface(sound, 'mel', files.soundPath);
    assertInterface(lips, 'lips', files.lipsPath);
    return new SyncExpert(files, sound, lips);
  } catch (error) {
    await sound.close();
    throw error;
  }
}

function assertInterface(model: Model, input: string, path: string): void {
  const hasInput = model.inputs.length === 1 && model.inputs[0].name === input;
  if (hasInput && model.outputs.some(({ name }) => name === 'embedding')) return;
  throw new DubwrightError('MODEL_WRONG_SHAPE', {
    path,
    reason: `it should turn "${input}" into "embedding"`,
  });
}

/** [1, D, moments] turned to rows, without the context at both ends. */
function innerRows({ data, dims }: FloatTensor, moments: number, count: number): Embeddings {
  const size = dims.at(1) ?? 0;
  if (dims.length !== 3 || dims[2] !== moments || size === 0)
    throw new DubwrightError('MODEL_WRONG_SHAPE', {
      reason: `embeddings of ${dims.join('×')} for ${moments} moments`,
    });
  const rows = new Float32Array(count * size);
  for (let d = 0; d < size; d++) {
    const from = d * moments + contextMoments;
    for (let i = 0; i < count; i++) rows[i * size + d] = data[from + i];
  }
  return { data: rows, size };
}

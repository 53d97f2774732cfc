import { DubwrightError } from '../../../contract/errors.ts';
import { compareOutputs } from '../../inference/compare-outputs.ts';
import { openWithFallback, type OnFallback } from '../../inference/open-with-fallback.ts';
import type { FloatTensor, Model, ProviderName } from '../../inference/types.ts';
import {
  readSyncNetInterface,
  syncNetInputDims,
  type SyncNetInterface,
  type SyncNetPart,
} from './model-interface.ts';

/** SyncNet's own batch (`run_syncnet.py`). */
const usualBatch = 20;

/** SyncNet's two files, and how to run them. */
export interface SyncNetFiles {
  /** ONNX file of the network that sees faces. */
  readonly facePath: string;
  /** ONNX file of the network that hears. */
  readonly soundPath: string;
  /** Default `cpu`. */
  readonly provider?: ProviderName;
  /** Windows per run where the files leave it open; default 20. */
  readonly batchSize?: number;
}

/** Both networks, ready to run. */
export interface SyncNet {
  readonly face: Embedder;
  readonly sound: Embedder;
  close(): Promise<void>;
}

/**
 * Opens SyncNet's two networks, checks them and tries them on nothing once.
 *
 * @throws DubwrightError MODEL_NOT_FOUND, MODEL_UNREADABLE (not ONNX), MODEL_WRONG_SHAPE (other inputs, or two
 *   networks whose embeddings differ in length)
 */
export async function openSyncNet(files: SyncNetFiles, onFallback: OnFallback): Promise<SyncNet> {
  const face = await openPart('face', files, onFallback);
  try {
    const sound = await openPart('sound', files, onFallback);
    if (sound.size !== face.size) {
      await sound.close();
      const cause = `its embeddings have ${sound.size} numbers, those of the face network ${face.size}`;
      throw new DubwrightError('MODEL_WRONG_SHAPE', { path: files.soundPath, model: 'syncnet-sound', cause });
    }
    return {
      face,
      sound,
      async close() {
        await face.close();
        await sound.close();
      },
    };
  } catch (error) {
    await face.close();
    throw error;
  }
}

/**
 * Opens one network. A provider other than the CPU must first give the CPU's answer: few of them know convolutions in
 * three dimensions well, and figures that are a little off look like any others.
 */
async function openPart(part: SyncNetPart, files: SyncNetFiles, onFallback: OnFallback): Promise<Embedder> {
  const { provider = 'cpu' } = files;
  const embedder = await openOn(provider, part, files, onFallback);
  if (embedder.provider === 'cpu') return embedder;
  let reference: Embedder | null = null;
  try {
    reference = await openOn('cpu', part, files, onFallback);
    const agrees = await isSameOnNoise(reference, embedder);
    await (agrees ? reference : embedder).close();
    if (agrees) return embedder;
    onFallback(
      `The execution provider ${provider} gets SyncNet's ${part} network wrong; the CPU is used instead.`,
    );
    return reference;
  } catch (error) {
    await embedder.close();
    await reference?.close();
    throw error;
  }
}

async function isSameOnNoise(reference: Embedder, candidate: Embedder): Promise<boolean> {
  let state = 1;
  const noise = Float32Array.from({ length: reference.windowValues }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
  const answerOf = async (embedder: Embedder): Promise<Record<string, FloatTensor>> => {
    embedder.slot(0).set(noise);
    const [data] = await embedder.run(1);
    return { embedding: { data, dims: [data.length] } };
  };
  return compareOutputs(await answerOf(reference), await answerOf(candidate)).agrees;
}

async function openOn(
  provider: ProviderName,
  part: SyncNetPart,
  files: SyncNetFiles,
  onFallback: OnFallback,
): Promise<Embedder> {
  const path = part === 'face' ? files.facePath : files.soundPath;
  const model = await openWithFallback({ path, provider }, onFallback).catch((error: unknown) => {
    throw namingNetwork(error, part);
  });
  try {
    const shape = readSyncNetInterface(part, path, model);
    const capacity = shape.fixedBatch ?? Math.max(1, files.batchSize ?? usualBatch);
    const embedder = new Embedder({ part, path, model, shape, capacity });
    await embedder.measure();
    return embedder;
  } catch (error) {
    await model.close();
    throw error;
  }
}

/** An error about a model's file, with what that file was to be: the remedy depends on it. */
function namingNetwork(error: unknown, part: SyncNetPart): unknown {
  if (!(error instanceof DubwrightError) || !error.code.startsWith('MODEL_')) return error;
  const details = { ...error.details, model: `syncnet-${part}` };
  return new DubwrightError(error.code, details, { cause: error });
}

/** One network with room for a batch of windows; the tensor is used again from batch to batch. */
export class Embedder {
  /** Windows per run. */
  readonly capacity: number;
  /** Values per window. */
  readonly windowValues: number;
  readonly #part: SyncNetPart;
  readonly #path: string;
  readonly #model: Model;
  readonly #shape: SyncNetInterface;
  readonly #values: Float32Array;
  #size = 0;

  constructor(opened: {
    readonly part: SyncNetPart;
    readonly path: string;
    readonly model: Model;
    readonly shape: SyncNetInterface;
    readonly capacity: number;
  }) {
    this.#part = opened.part;
    this.#path = opened.path;
    this.#model = opened.model;
    this.#shape = opened.shape;
    this.capacity = opened.capacity;
    this.windowValues = syncNetInputDims[opened.part].reduce((product, size) => product * size, 1);
    this.#values = new Float32Array(this.capacity * this.windowValues);
  }

  /** What the network runs on now. */
  get provider(): ProviderName {
    return this.#model.provider;
  }

  /** Numbers per embedding. */
  get size(): number {
    return this.#size;
  }

  /** Where a window's values belong before `run`. */
  slot(index: number): Float32Array {
    return this.#values.subarray(index * this.windowValues, (index + 1) * this.windowValues);
  }

  /**
   * Embeddings of the first `count` slots. In a model of fixed batch the other slots run along with what was in them.
   * @throws DubwrightError MODEL_WRONG_SHAPE when the answer has another size than at first
   */
  async run(count: number): Promise<Float32Array[]> {
    const ran = this.#shape.fixedBatch ?? count;
    const answer = await this.#answer(ran);
    return Array.from({ length: count }, (_, i) => answer.slice(i * this.#size, (i + 1) * this.#size));
  }

  /** Runs once on zeros to learn the size of an embedding: a file that loads may still fail, better now than later. */
  async measure(): Promise<void> {
    const ran = this.#shape.fixedBatch ?? 1;
    const { data, dims } = await this.#run(ran);
    if (dims.length !== 2 || dims[0] !== ran || data.length === 0)
      throw this.#wrongShape(`expected an output ${ran}×1024, found ${dims.join('×')}`);
    this.#size = dims[1];
  }

  close(): Promise<void> {
    return this.#model.close();
  }

  async #answer(ran: number): Promise<Float32Array> {
    const { data, dims } = await this.#run(ran);
    if (data.length !== ran * this.#size)
      throw this.#wrongShape(`expected an output ${ran}×${this.#size}, found ${dims.join('×')}`);
    return data;
  }

  async #run(ran: number): Promise<{ readonly data: Float32Array; readonly dims: readonly number[] }> {
    const feed = {
      data: this.#values.subarray(0, ran * this.windowValues),
      dims: [ran, ...syncNetInputDims[this.#part]],
    };
    try {
      return (await this.#model.run({ [this.#shape.input]: feed }))[this.#shape.output];
    } catch (error) {
      // ONNX Runtime's complaint does not always come with the file's name.
      const isShape = error instanceof DubwrightError && error.code === 'MODEL_WRONG_SHAPE';
      throw isShape ? this.#wrongShape(String(error.details['reason'] ?? error.details['cause'])) : error;
    }
  }

  #wrongShape(cause: string): DubwrightError {
    return new DubwrightError('MODEL_WRONG_SHAPE', {
      path: this.#path,
      model: `syncnet-${this.#part}`,
      cause,
    });
  }
}

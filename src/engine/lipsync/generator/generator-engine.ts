import { DubwrightError } from '../../../contract/errors.ts';
import { openWithFallback } from '../../inference/open-with-fallback.ts';
import type { Model, ProviderName } from '../../inference/types.ts';
import { hashFile } from '../../media/file-hash.ts';
import type { LipEngine, LipRenderer, LipScene } from '../types.ts';
import { GeneratorRenderer } from './generator-renderer.ts';
import { readGeneratorInterface, type GeneratorInterface } from './model-interface.ts';
import { windowValues } from './voice-windows.ts';

/** Goes up whenever the same model and parameters may give other pixels. */
const engineVersion = 1;

/** Which generator, and how to run it. */
export interface GeneratorOptions {
  /** Any Wav2Lip-shaped ONNX file. */
  readonly modelPath: string;
  /** Default `cpu`. */
  readonly provider?: ProviderName;
  /** Frames per run for models that take any number; default 4 on the CPU, 16 elsewhere. */
  readonly batchSize?: number;
  /**
   * Moves the sound against the picture: positive lets the lips answer to later sound. Models were trained with
   * windows one frame earlier than they are used with (-40 ms at 25 frames/s); the default 0 is what everyone uses.
   */
  readonly soundOffsetMs?: number;
  /** For models with a `weight` input: how strongly the sound moves the lips, 0 to 1; default 0.5. */
  readonly weight?: number;
}

/** The generator engine, with what is known of its model. */
export interface GeneratorEngine extends LipEngine {
  readonly id: 'generator';
  readonly modelSha256: string;
  readonly shape: GeneratorInterface;
  /** Frames per run. */
  readonly batchSize: number;
  /** Frees the model when no renderer was made from the engine; renderers free their own. */
  close(): Promise<void>;
}

/**
 * Opens a generator and checks that it is one.
 *
 * @throws DubwrightError MODEL_NOT_FOUND, MODEL_UNREADABLE (not ONNX), MODEL_WRONG_SHAPE (ONNX of another kind),
 *   PROVIDER_UNAVAILABLE
 */
export async function createGeneratorEngine(options: GeneratorOptions): Promise<GeneratorEngine> {
  const { modelPath, provider = 'cpu', soundOffsetMs = 0, weight = 0.5 } = options;
  const fallbacks: string[] = [];
  const open = (): Promise<Model> =>
    openWithFallback({ path: modelPath, provider }, (sentence) => fallbacks.push(sentence));
  let spare: Model | null = await open();
  let shape: GeneratorInterface;
  let modelSha256: string;
  try {
    shape = readGeneratorInterface(modelPath, spare.inputs, spare.outputs);
    modelSha256 = await hashFile(modelPath);
  } catch (error) {
    await spare.close();
    throw error;
  }
  const batchSize = shape.fixedBatch ?? Math.max(1, options.batchSize ?? (provider === 'cpu' ? 4 : 16));
  return {
    id: 'generator',
    modelSha256,
    shape,
    batchSize,
    fingerprint: fingerprintOf({ modelSha256, provider, soundOffsetMs, weight }, shape),
    async prepare(scene: LipScene, { signal }): Promise<LipRenderer> {
      if (signal.aborted) throw new DubwrightError('CANCELLED');
      const model = spare ?? (await open());
      spare = null;
      try {
        await tryOnce(model, shape, modelPath);
      } catch (error) {
        await model.close();
        throw error;
      }
      const setup = { model, modelPath, shape, batchSize, soundOffsetMs, weight, fallbacks };
      return new GeneratorRenderer(scene, setup);
    },
    async close() {
      const model = spare;
      spare = null;
      await model?.close();
    },
  };
}

function fingerprintOf(
  parts: Readonly<Record<'modelSha256' | 'provider' | 'soundOffsetMs' | 'weight', string | number>>,
  shape: GeneratorInterface,
): string {
  const { modelSha256, provider, soundOffsetMs, weight } = parts;
  const fields = [`generator/${engineVersion}`, `model=${modelSha256}`, `provider=${provider}`];
  fields.push(`soundOffsetMs=${soundOffsetMs}`);
  // A parameter that the model does not have must not make its takes stale.
  if (shape.weightInput !== null) fields.push(`weight=${weight}`);
  return fields.join(' ');
}

/** Runs the model on nothing once: a file that loads may still fail, better now than after the film is opened. */
async function tryOnce(model: Model, shape: GeneratorInterface, path: string): Promise<void> {
  const { soundInput, faceInput, weightInput, output, width, height, faceKind } = shape;
  const count = shape.fixedBatch ?? 1;
  const channels = faceKind === 'masked' ? 6 : 3;
  const answer = await model
    .run({
      [soundInput]: { data: new Float32Array(count * windowValues).fill(-4), dims: [count, 1, 80, 16] },
      [faceInput]: {
        data: new Float32Array(count * channels * width * height),
        dims: [count, channels, height, width],
      },
      ...(weightInput === null
        ? {}
        : { [weightInput.name]: { data: Float32Array.of(0.5), dims: weightInput.dims } }),
    })
    .catch((error: unknown) => {
      const isShape = error instanceof DubwrightError && error.code === 'MODEL_WRONG_SHAPE';
      throw isShape
        ? new DubwrightError('MODEL_WRONG_SHAPE', { ...error.details, path }, { cause: error })
        : error;
    });
  const found = answer[output].dims;
  const expected = [count, 3, height, width];
  if (found.join() !== expected.join()) {
    const cause = `expected an output ${expected.join('×')}, found ${found.join('×')}`;
    throw new DubwrightError('MODEL_WRONG_SHAPE', { path, cause });
  }
}

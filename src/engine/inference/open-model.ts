import { access, constants, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { DubwrightError } from '../../contract/errors.ts';
import { readOnnxHeader } from '../onnx/onnx-header.ts';
import { onnxRuntime, type Runtime } from './onnx-runtime.ts';
import type { FloatTensor, Model, OpenModelRequest, ProviderName, TensorSpec } from './types.ts';

/**
 * Opens an ONNX model from a file or from bytes.
 *
 * A path is better for large models: ONNX Runtime maps the file, while bytes stay twice in memory during loading.
 * GPU providers fall back to the CPU for single operators that they lack, never for the whole model.
 *
 * @throws DubwrightError MODEL_NOT_FOUND {path} no such file.
 * @throws DubwrightError MODEL_UNREADABLE {path, cause} not an ONNX model, or one that ONNX Runtime cannot run.
 * @throws DubwrightError PROVIDER_UNAVAILABLE {provider, cause} a sound model, but this machine lacks the provider.
 */
export async function openModel(request: OpenModelRequest): Promise<Model> {
  const provider = request.provider ?? 'cpu';
  if (request.path !== undefined) await assertReadable(request.path);
  const runtime = await onnxRuntime();
  try {
    const options = sessionOptions(provider, request.threads);
    const session =
      request.path === undefined
        ? await runtime.InferenceSession.create(request.bytes, options)
        : await runtime.InferenceSession.create(request.path, options);
    return new OpenedModel(runtime, session, { provider, path: request.path ?? null });
  } catch (error) {
    throw await explainFailure(request, provider, error);
  }
}

async function assertReadable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    throw new DubwrightError('MODEL_NOT_FOUND', { path }, { cause: error });
  }
}

function sessionOptions(
  provider: ProviderName,
  threads: number | undefined,
): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: threads ?? Math.min(8, availableParallelism()),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    enableCpuMemArena: true,
    // DirectML works without the memory pattern only.
    enableMemPattern: provider !== 'dml',
    // Waiting threads sleep instead of spinning: the cores belong to ffmpeg's decoder and encoder as well. Measured
    // on two busy cores: half the processor time, and a detector that answers in 5 ms instead of 27.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}

/** ONNX Runtime throws plain text for everything; a sound header tells a bad provider from a bad file. */
async function explainFailure(
  request: OpenModelRequest,
  provider: ProviderName,
  error: unknown,
): Promise<DubwrightError> {
  const cause = runtimeMessage(error);
  if (provider !== 'cpu' && (await isOnnx(request)))
    return new DubwrightError('PROVIDER_UNAVAILABLE', { provider, cause }, { cause: error });
  const path = request.path === undefined ? {} : { path: request.path };
  return new DubwrightError('MODEL_UNREADABLE', { ...path, cause }, { cause: error });
}

async function isOnnx(request: OpenModelRequest): Promise<boolean> {
  if (request.path === undefined) return readOnnxHeader(request.bytes) !== null;
  return readFile(request.path).then(
    (bytes) => readOnnxHeader(bytes) !== null,
    () => false,
  );
}

class OpenedModel implements Model {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly provider: ProviderName;
  readonly #runtime: Runtime;
  readonly #path: { readonly path?: string };
  #session: InferenceSession | null;

  constructor(
    runtime: Runtime,
    session: InferenceSession,
    from: { readonly provider: ProviderName; readonly path: string | null },
  ) {
    this.#runtime = runtime;
    this.#session = session;
    this.#path = from.path === null ? {} : { path: from.path };
    this.provider = from.provider;
    this.inputs = session.inputMetadata.map(toTensorSpec);
    this.outputs = session.outputMetadata.map(toTensorSpec);
  }

  async run(feeds: Readonly<Record<string, FloatTensor>>): Promise<Record<string, FloatTensor>> {
    if (this.#session === null) throw new Error('the model is closed');
    this.#assertFits(feeds);
    const tensors: Record<string, Tensor> = {};
    for (const [name, { data, dims }] of Object.entries(feeds))
      tensors[name] = new this.#runtime.Tensor('float32', data, dims);
    try {
      return toFloatTensors(await this.#session.run(tensors));
    } catch (error) {
      throw this.#explainRunFailure(error);
    }
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.release();
  }

  /** Checked here because the binding's own complaint about a wrong size does not name the input. */
  #assertFits(feeds: Readonly<Record<string, FloatTensor>>): void {
    for (const { name, dims } of this.inputs) {
      const feed = feeds[name] as FloatTensor | undefined;
      const fits =
        feed?.dims.length === dims.length &&
        dims.every((size, axis) => typeof size === 'string' || size === feed.dims[axis]) &&
        feed.dims.reduce((product, size) => product * size, 1) === feed.data.length;
      if (!fits)
        throw new DubwrightError('MODEL_WRONG_SHAPE', {
          ...this.#path,
          input: name,
          reason: `input ${name} wants ${dims.join('x')}, not ${describe(feed)}`,
        });
    }
  }

  #explainRunFailure(error: unknown): DubwrightError {
    const cause = runtimeMessage(error);
    const options = { cause: error };
    return this.provider === 'cpu'
      ? new DubwrightError('MODEL_WRONG_SHAPE', { ...this.#path, cause }, options)
      : new DubwrightError('PROVIDER_UNAVAILABLE', { provider: this.provider, cause }, options);
  }
}

function describe(feed: FloatTensor | undefined): string {
  return feed === undefined ? 'nothing' : `${feed.dims.join('x')} with ${feed.data.length} values`;
}

/** ONNX Runtime's message without its C++ file, line and function: "Failed to get a WebGPU adapter: …". */
function runtimeMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^\S+\.(?:cc|cpp|h):\d+ .*? was false\. /s, '').trim();
}

function toTensorSpec(metadata: InferenceSession.ValueMetadata): TensorSpec {
  return metadata.isTensor
    ? { name: metadata.name, dims: metadata.shape, elementType: metadata.type }
    : { name: metadata.name, dims: [], elementType: 'not a tensor' };
}

function toFloatTensors(results: InferenceSession.OnnxValueMapType): Record<string, FloatTensor> {
  const outputs: Record<string, FloatTensor> = {};
  for (const [name, { data, dims }] of Object.entries(results))
    outputs[name] = {
      data: data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number>, Number),
      dims,
    };
  return outputs;
}

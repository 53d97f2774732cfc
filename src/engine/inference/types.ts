/** Execution providers of ONNX Runtime that we know how to ask for. */
export const providerNames = ['cpu', 'webgpu', 'cuda', 'tensorrt', 'dml', 'coreml'] as const;

/** One of the execution providers. */
export type ProviderName = (typeof providerNames)[number];

/** A tensor of 32-bit floats, row-major. */
export interface FloatTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** An input or output of a model as the file declares it. */
export interface TensorSpec {
  readonly name: string;
  /** A string stands for a size that may vary ("batch"). */
  readonly dims: readonly (number | string)[];
  /** ONNX Runtime's name of the element type, "float32" for nearly all. */
  readonly elementType: string;
}

/** A model in memory, ready to run. */
export interface Model {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly provider: ProviderName;
  /**
   * Runs the model once. Blocks the event loop of its process for the whole inference (ONNX Runtime's Node binding
   * computes on the calling thread). The answer's arrays belong to the caller. Outputs of other element types come
   * as float32.
   *
   * @throws DubwrightError MODEL_WRONG_SHAPE when names or sizes do not fit the model.
   * @throws DubwrightError PROVIDER_UNAVAILABLE when a GPU provider fails in mid-run (device lost, out of memory).
   */
  run(feeds: Readonly<Record<string, FloatTensor>>): Promise<Record<string, FloatTensor>>;
  /** Frees the model's memory; it cannot run afterwards. Closing twice is harmless. */
  close(): Promise<void>;
}

/** What `openModel` wants to know: where the model is, and how to run it. */
export type OpenModelRequest = (
  | { readonly path: string; readonly bytes?: undefined }
  | { readonly bytes: Uint8Array; readonly path?: undefined }
) & {
  /** Default `cpu`. */
  readonly provider?: ProviderName;
  /** Threads of the CPU provider; default: one per core of the machine, at most 8. */
  readonly threads?: number;
};

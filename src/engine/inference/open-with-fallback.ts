import { DubwrightError } from '../../contract/errors.ts';
import { openModel } from './open-model.ts';
import type { FloatTensor, Model, OpenModelRequest, ProviderName, TensorSpec } from './types.ts';

/** Called once when the provider fails and the CPU takes over; the sentence is for the user. */
export type OnFallback = (sentence: string) => void;

/**
 * Opens a model like `openModel`, and goes on with the CPU when the provider is not there or fails in mid-run: a GPU
 * may be unplugged, reset or run out of memory, and a dub that takes longer is better than none. The model's
 * `provider` always says what it runs on now.
 */
export async function openWithFallback(request: OpenModelRequest, onFallback: OnFallback): Promise<Model> {
  try {
    return new SteadyModel(await openModel(request), request, onFallback);
  } catch (error) {
    if (!isProviderFailure(error)) throw error;
    onFallback(describe(error));
    return openModel({ ...request, provider: 'cpu' });
  }
}

function isProviderFailure(error: unknown): error is DubwrightError {
  return error instanceof DubwrightError && error.code === 'PROVIDER_UNAVAILABLE';
}

function describe({ details }: DubwrightError): string {
  return `The execution provider ${String(details['provider'])} does not work (${String(details['cause'])}); the CPU is used instead.`;
}

/** A model that moves to the CPU by itself. */
class SteadyModel implements Model {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly #request: OpenModelRequest;
  readonly #onFallback: OnFallback;
  #model: Model;

  constructor(model: Model, request: OpenModelRequest, onFallback: OnFallback) {
    this.inputs = model.inputs;
    this.outputs = model.outputs;
    this.#model = model;
    this.#request = request;
    this.#onFallback = onFallback;
  }

  get provider(): ProviderName {
    return this.#model.provider;
  }

  async run(feeds: Readonly<Record<string, FloatTensor>>): Promise<Record<string, FloatTensor>> {
    try {
      return await this.#model.run(feeds);
    } catch (error) {
      if (!isProviderFailure(error)) throw error;
      const failed = this.#model;
      this.#model = await openModel({ ...this.#request, provider: 'cpu' });
      this.#onFallback(describe(error));
      await failed.close().catch(() => undefined); // a lost device may not even let go
      return this.#model.run(feeds);
    }
  }

  close(): Promise<void> {
    return this.#model.close();
  }
}

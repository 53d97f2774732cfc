import { DubwrightError } from '../../../contract/errors.ts';
import type { TensorSpec } from '../../inference/types.ts';

/** Which of SyncNet's two networks a file should hold. */
export type SyncNetPart = 'face' | 'sound';

/** What one of the two networks takes at a time, without the batch. */
export const syncNetInputDims: Readonly<Record<SyncNetPart, readonly number[]>> = {
  /** Blue, green and red of five frames of 224 × 224, 0 to 255. */
  face: [3, 5, 224, 224],
  /** Thirteen coefficients of twenty sound frames. */
  sound: [1, 13, 20],
};

/** One network as read from its file. */
export interface SyncNetInterface {
  readonly input: string;
  readonly output: string;
  /** Windows per run where the file fixes it, null where any number will do. */
  readonly fixedBatch: number | null;
}

/**
 * Recognises one of SyncNet's networks by its tensors, whatever their names: one input, N×3×5×224×224 for the face or
 * N×1×13×20 for the sound, and an output of rank 2, the embeddings.
 *
 * @throws DubwrightError MODEL_WRONG_SHAPE {path, cause} says what was found and what was expected.
 */
export function readSyncNetInterface(
  part: SyncNetPart,
  path: string,
  tensors: { readonly inputs: readonly TensorSpec[]; readonly outputs: readonly TensorSpec[] },
): SyncNetInterface {
  const { inputs, outputs } = tensors;
  const refuse = (expected: string, found: readonly TensorSpec[]): never => {
    const names = found.map(describe).join(', ') || 'none';
    throw new DubwrightError('MODEL_WRONG_SHAPE', {
      path,
      model: `syncnet-${part}`,
      cause: `expected ${expected}, found ${names}`,
    });
  };
  const wanted = `SyncNet's ${part} input N×${syncNetInputDims[part].join('×')} of 32-bit floats`;
  const input = inputs.length === 1 ? inputs[0] : refuse(`only ${wanted}`, inputs);
  const other = part === 'face' ? 'sound' : 'face';
  if (!isInputOf(part, input)) {
    const isSwapped = isInputOf(other, input);
    return refuse(isSwapped ? `${wanted}: this is the ${other} network` : wanted, inputs);
  }
  const output = outputs.find(({ dims, elementType }) => elementType === 'float32' && dims.length === 2);
  if (output === undefined) return refuse('an output N×1024 of 32-bit floats', outputs);
  const [batch] = input.dims;
  return { input: input.name, output: output.name, fixedBatch: isFixed(batch) ? batch : null };
}

/** A dimension that the file leaves open is a name, or nothing at all. */
function isFixed(size: number | string): size is number {
  return typeof size === 'number' && size > 0;
}

function isInputOf(part: SyncNetPart, { dims, elementType }: TensorSpec): boolean {
  const wanted = syncNetInputDims[part];
  return (
    elementType === 'float32' &&
    dims.length === wanted.length + 1 &&
    wanted.every((size, i) => !isFixed(dims[i + 1]) || dims[i + 1] === size)
  );
}

function describe({ name, dims, elementType }: TensorSpec): string {
  const sizes = dims.map((size) => (isFixed(size) ? size : 'N')).join('×');
  return `${name} ${sizes === '' ? 'scalar' : sizes}${elementType === 'float32' ? '' : ` ${elementType}`}`;
}

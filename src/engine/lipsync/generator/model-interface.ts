import { DubwrightError } from '../../../contract/errors.ts';
import type { TensorSpec } from '../../inference/types.ts';

/** What a generator wants and gives, as read from its file. */
export interface GeneratorInterface {
  /**
   * `masked`: Wav2Lip's six channels, the face with its lower half black and the same face whole, in BGR.
   * `whole`: one whole face of three channels in RGB (EDTalk's export).
   */
  readonly faceKind: 'masked' | 'whole';
  readonly soundInput: string;
  readonly faceInput: string;
  /** A scalar for how strongly the sound moves the lips; null where the model has none. */
  readonly weightInput: { readonly name: string; readonly dims: readonly number[] } | null;
  readonly output: string;
  readonly width: number;
  readonly height: number;
  /** Frames per run where the file fixes it, null where any number will do. */
  readonly fixedBatch: number | null;
}

const melBands = 80;
const melFrames = 16;
const largestSide = 1024;

/**
 * Recognises a Wav2Lip-shaped generator by the ranks and sizes of its tensors, whatever their names: an input of
 * N×1×80×16 is the sound, one of N×6×H×W or N×3×H×W the face, and the output is N×3×H×W.
 *
 * @throws DubwrightError MODEL_WRONG_SHAPE {path, cause} says what was found and what was expected.
 */
export function readGeneratorInterface(
  path: string,
  inputs: readonly TensorSpec[],
  outputs: readonly TensorSpec[],
): GeneratorInterface {
  const refuse = (expected: string, found: readonly TensorSpec[]): never => {
    throw new DubwrightError('MODEL_WRONG_SHAPE', {
      path,
      cause: `expected ${expected}, found ${found.map(describe).join(', ') || 'none'}`,
    });
  };
  const sound = inputs.find(isSound) ?? refuse('a sound input N×1×80×16', inputs);
  const rest = inputs.filter((input) => input !== sound);
  const face = rest.find((input) => isPicture(input, 6)) ?? rest.find((input) => isPicture(input, 3));
  if (face === undefined) return refuse('a face input N×6×H×W of fixed height and width', rest);
  const [, channels, height, width] = face.dims as readonly [unknown, number, number, number];
  const others = rest.filter((input) => input !== face);
  const weight = others.find(isScalar);
  if (others.length > (weight === undefined ? 0 : 1)) return refuse('no further inputs', others);
  const output = outputs.find((candidate) => isAnswer(candidate, height, width));
  if (output === undefined) return refuse(`an output N×3×${height}×${width}`, outputs);
  for (const tensor of [sound, face, output]) {
    if (tensor.elementType !== 'float32') return refuse('32-bit floats', [tensor]);
  }
  const batches = [sound.dims[0], face.dims[0]].filter(isFixed);
  if (new Set(batches).size > 1) return refuse('one batch size for sound and face', [sound, face]);
  return {
    faceKind: channels === 6 ? 'masked' : 'whole',
    soundInput: sound.name,
    faceInput: face.name,
    weightInput: weight === undefined ? null : { name: weight.name, dims: weight.dims.map(() => 1) },
    output: output.name,
    width,
    height,
    fixedBatch: batches[0] ?? null,
  };
}

/** A dimension that the file leaves open is a name, or nothing at all. */
function isFixed(size: number | string): size is number {
  return typeof size === 'number' && size > 0;
}

function isSound({ dims }: TensorSpec): boolean {
  return dims.length === 4 && dims[1] === 1 && dims[2] === melBands && dims[3] === melFrames;
}

function isPicture({ dims }: TensorSpec, channels: number): boolean {
  const isSide = (size: number | string): boolean => isFixed(size) && size >= 16 && size <= largestSide;
  return dims.length === 4 && dims[1] === channels && isSide(dims[2]) && isSide(dims[3]);
}

function isAnswer({ dims }: TensorSpec, height: number, width: number): boolean {
  const fits = (size: number | string, wanted: number): boolean => !isFixed(size) || size === wanted;
  return dims.length === 4 && fits(dims[1], 3) && fits(dims[2], height) && fits(dims[3], width);
}

function isScalar({ dims }: TensorSpec): boolean {
  return dims.every((size) => size === 1);
}

function describe({ name, dims, elementType }: TensorSpec): string {
  const sizes = dims.map((size) => (isFixed(size) ? size : 'N')).join('×');
  return `${name} ${sizes === '' ? 'scalar' : sizes}${elementType === 'float32' ? '' : ` ${elementType}`}`;
}

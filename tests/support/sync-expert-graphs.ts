import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeOnnxModel } from '../../src/engine/onnx/onnx-writer.ts';
import type { OnnxAttribute, OnnxNode, OnnxTensor } from '../../src/engine/onnx/types.ts';
import { seededRandom } from './seeded-random.ts';

const int = (value: number): OnnxAttribute => ({ kind: 'int', value });
const ints = (...value: number[]): OnnxAttribute => ({ kind: 'ints', value });
const melBands = 80;
const lipFeatures = 12;

/** Nodes in a row, each working on the answer of the one before. */
class Chain {
  readonly nodes: OnnxNode[] = [];
  readonly weights: OnnxTensor[] = [];
  #last: string;

  constructor(input: string) {
    this.#last = input;
  }

  get last(): string {
    return this.#last;
  }

  add(
    op: string,
    attributes: OnnxNode['attributes'] = {},
    more: readonly string[] = [],
    inputs = [this.#last],
  ): this {
    const name = `${op.toLowerCase()}${this.nodes.length}`;
    this.nodes.push({ op, name, inputs: [...inputs, ...more], outputs: [name], attributes });
    this.#last = name;
    return this;
  }

  weight(data: Float32Array, ...dims: number[]): string {
    const name = `weight${this.weights.length}`;
    this.weights.push({ name, dims, data });
    return name;
  }

  encode(input: { readonly name: string; readonly dims: readonly (number | string)[] }): Uint8Array {
    return encodeOnnxModel({
      name: 'expert',
      inputs: [input],
      outputs: [{ name: this.#last, dims: [1, 'size', 'moments'] }],
      nodes: this.nodes,
      initializers: this.weights,
      metadata: {},
    });
  }

  /** Gives the last answer the name that the interface asks for. */
  finish(): this {
    this.nodes.push({
      op: 'Identity',
      name: 'embedding',
      inputs: [this.#last],
      outputs: ['embedding'],
      attributes: {},
    });
    this.#last = 'embedding';
    return this;
  }
}

/** How fast a curve rises, over ±4 moments, as a point on the unit circle. */
function riseOnCircle(chain: Chain): void {
  const kernel = Float32Array.from({ length: 9 }, (_, i) => (i - 4) / 15);
  chain.add('Conv', { pads: ints(4, 4) }, [chain.weight(kernel, 1, 1, 9)]);
  const { last } = chain;
  const sine = chain.add('Sin', {}, [], [last]).last;
  const cosine = chain.add('Cos', {}, [], [last]).last;
  chain.add('Concat', { axis: int(1) }, [], [sine, cosine]).finish();
}

/** A convolution with random weights and then unit vectors: the interface and nothing else. */
function randomUnits(chain: Chain, seed: number, from: number, size: number): void {
  const random = seededRandom(seed);
  const weights = Float32Array.from({ length: size * from * 5 }, () => random() - 0.5);
  chain.add('Conv', { pads: ints(2, 2) }, [chain.weight(weights, size, from, 5)]);
  const { last } = chain;
  const length = chain.add('ReduceL2', { axes: ints(1), keepdims: int(1) }).last;
  chain.add('Div', {}, [], [last, length]).finish();
}

/**
 * Writes an expert into a folder, with its card. `loudness` knows one thing, that mouths open when it grows loud: enough
 * to find offsets in made-up films. `random` knows nothing.
 */
export function writeExpert(
  folder: string,
  kind: 'loudness' | 'random',
  card: { readonly biasMs?: number } = {},
): void {
  mkdirSync(folder, { recursive: true });
  const sound = new Chain('mel');
  const lips = new Chain('lips');
  if (kind === 'loudness') {
    const mean = sound.weight(new Float32Array(melBands).fill(1 / melBands), 1, melBands, 1);
    sound.add('Conv', {}, [mean]).add('AveragePool', { kernel_shape: ints(2), strides: ints(2) });
    const opening = lips.weight(
      Float32Array.of(1, ...new Array<number>(lipFeatures - 1).fill(0)),
      1,
      lipFeatures,
      1,
    );
    lips.add('Conv', {}, [opening]);
    for (const chain of [sound, lips]) riseOnCircle(chain);
  } else {
    sound.add('AveragePool', { kernel_shape: ints(2), strides: ints(2) });
    randomUnits(sound, 1, melBands, 8);
    randomUnits(lips, 2, lipFeatures, 8);
  }
  writeFileSync(
    join(folder, 'sync-sound.onnx'),
    sound.encode({ name: 'mel', dims: [1, melBands, 'mel_frames'] }),
  );
  writeFileSync(
    join(folder, 'sync-lips.onnx'),
    lips.encode({ name: 'lips', dims: [1, lipFeatures, 'moments'] }),
  );
  const models = ['sync-sound.onnx', 'sync-lips.onnx'].map((file) => ({
    file,
    sha256: kind.padEnd(64, '0'),
    bytes: 1,
    ...card,
  }));
  writeFileSync(join(folder, 'bundled.json'), JSON.stringify({ models }));
}

import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from '../onnx/types.ts';

/** Pictures per run: generators are run in batches, and a GPU shows what it is worth only then. */
export const generatorProbeBatch = 2;

/**
 * A graph that costs a provider what a lip generator costs it: a small U-Net of 3x3 and transposed convolutions on
 * 96-pixel faces, about 2.5 billion multiplications a picture, with random weights. A provider that wins on the face
 * pack's tiny models may lose here and the other way round, so each purpose is measured on its own kind of graph.
 */
export function generatorProbeGraph(): OnnxGraph {
  const net = new Net();
  net.convolve({ inputs: 6, outputs: 32, kernel: 7, stride: 1 });
  const widths = [32, 64, 128, 256];
  for (const [level, width] of widths.slice(1).entries()) {
    net.convolve({ inputs: widths[level], outputs: width, kernel: 3, stride: 2 });
    for (let i = 0; i < 2; i++) net.convolve({ inputs: width, outputs: width, kernel: 3, stride: 1 });
  }
  for (const [level, width] of widths.slice(0, -1).reverse().entries()) {
    net.enlarge(widths[3 - level], width);
    net.convolve({ inputs: width, outputs: width, kernel: 3, stride: 1 });
  }
  net.convolve({ inputs: 32, outputs: 3, kernel: 1, stride: 1 });
  net.add('Sigmoid', [net.last], {}, 'picture');
  return {
    name: 'generator probe',
    inputs: [{ name: 'input', dims: ['batch', 6, 96, 96] }],
    outputs: [{ name: 'picture', dims: ['batch', 3, 96, 96] }],
    nodes: net.nodes,
    initializers: net.initializers,
    metadata: {},
  };
}

const ints = (value: readonly number[]): OnnxAttribute => ({ kind: 'ints', value });

class Net {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  last = 'input';
  #seed = 1;

  convolve(layer: { inputs: number; outputs: number; kernel: number; stride: number }): void {
    const { inputs, outputs, kernel, stride } = layer;
    const weights = this.#weights([outputs, inputs, kernel, kernel], inputs * kernel * kernel);
    const pad = (kernel - 1) / 2;
    const attributes = { pads: ints([pad, pad, pad, pad]), strides: ints([stride, stride]) };
    this.add('Conv', [this.last, weights], attributes);
    if (kernel > 1) this.add('Relu', [this.last], {});
  }

  /** Doubles the size, as generators do: a transposed 3x3 convolution with stride 2. */
  enlarge(inputs: number, outputs: number): void {
    const weights = this.#weights([inputs, outputs, 3, 3], (inputs * 9) / 4);
    const attributes = { pads: ints([1, 1, 1, 1]), strides: ints([2, 2]), output_padding: ints([1, 1]) };
    this.add('ConvTranspose', [this.last, weights], attributes);
    this.add('Relu', [this.last], {});
  }

  add(
    op: string,
    inputs: readonly string[],
    attributes: OnnxNode['attributes'],
    name = `${op} ${this.nodes.length}`,
  ): void {
    this.nodes.push({ op, name, inputs, outputs: [name], attributes });
    this.last = name;
  }

  /** Uniform weights of variance 2 / fan-in, so that values neither die nor explode (https://arxiv.org/abs/1502.01852). */
  #weights(dims: readonly number[], fanIn: number): string {
    const name = `weights ${this.initializers.length}`;
    const reach = Math.sqrt(6 / fanIn);
    const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
    for (let i = 0; i < data.length; i++) data[i] = (this.#random() * 2 - 1) * reach;
    this.initializers.push({ name, dims, data });
    return name;
  }

  /** A linear congruential generator (Numerical Recipes): the same weights on every machine. */
  #random(): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0;
    return this.#seed / 2 ** 32;
  }
}

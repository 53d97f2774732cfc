import { encodeOnnxModel } from '../../src/engine/onnx/onnx-writer.ts';
import type { OnnxAttribute, OnnxNode, OnnxTensor } from '../../src/engine/onnx/types.ts';
import { seededRandom } from './seeded-random.ts';

const channels = 16;

interface Layer {
  readonly from: number;
  readonly to: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly dilation?: number;
  readonly pad: number;
}

/**
 * A small network with random weights and the interface of models/lips-from-sound.onnx: it hears 0.4 s to each side, so
 * that blocks whose context falls short would show.
 * @param shapeCount 12 for the real interface, another number for a graph that does not fit.
 */
export function lipNetworkGraph(shapeCount = 12, seed = 5): Uint8Array {
  const random = seededRandom(seed);
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const ints = (...value: number[]): OnnxAttribute => ({ kind: 'ints', value });
  const weights = (dims: readonly number[], fanIn: number): string => {
    const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
    for (let i = 0; i < data.length; i++) data[i] = (2 * random() - 1) * Math.sqrt(3 / fanIn);
    const name = `weight_${initializers.length}`;
    initializers.push({ name, dims, data });
    return name;
  };
  const add = (
    op: string,
    inputs: readonly string[],
    attributes: OnnxNode['attributes'] = {},
    out?: string,
  ) => {
    const name = out ?? `${op.toLowerCase()}_${nodes.length}`;
    nodes.push({ op, name, inputs, outputs: [name], attributes });
    return name;
  };
  const conv = (input: string, layer: Layer, out?: string): string =>
    add(
      'Conv',
      [
        input,
        weights([layer.to, layer.from, layer.kernel], layer.from * layer.kernel),
        weights([layer.to], 100),
      ],
      {
        kernel_shape: ints(layer.kernel),
        strides: ints(layer.stride ?? 1),
        dilations: ints(layer.dilation ?? 1),
        pads: ints(layer.pad, layer.pad),
      },
      out,
    );
  let hidden = add('Tanh', [conv('mel', { from: 80, to: channels, kernel: 5, pad: 2 })]);
  hidden = add('Tanh', [conv(hidden, { from: channels, to: channels, kernel: 4, stride: 2, pad: 1 })]);
  for (const dilation of [2, 6, 12])
    hidden = add('Tanh', [
      conv(hidden, { from: channels, to: channels, kernel: 3, dilation, pad: dilation }),
    ]);
  conv(hidden, { from: channels, to: shapeCount, kernel: 1, pad: 0 }, 'shape');
  conv(hidden, { from: channels, to: 1, kernel: 1, pad: 0 }, 'closed');
  add('Identity', [hidden], {}, 'features');
  return encodeOnnxModel({
    name: 'lips_from_sound',
    inputs: [{ name: 'mel', dims: [1, 80, 'mel_frames'] }],
    outputs: [
      { name: 'shape', dims: [1, shapeCount, 'moments'] },
      { name: 'closed', dims: [1, 1, 'moments'] },
      { name: 'features', dims: [1, channels, 'moments'] },
    ],
    nodes,
    initializers,
    metadata: { note: 'made for tests; its weights are random' },
  });
}

import { attribute, type GraphBuilder, type Picture, type Value } from './graph-builder.ts';
import { padAxis } from './padding.ts';
import type { TfConstant, TfNode } from './tfjs-model.ts';

/** What an operator's translation may look at. */
export interface Translation {
  readonly builder: GraphBuilder;
  readonly node: TfNode;
  /** Value of the node's n-th input. */
  input(index: number): Value;
  /** The n-th input as a picture; an error when it is none. */
  picture(index: number): Picture;
  /** The n-th input as a constant; an error when it is none. */
  constant(index: number): TfConstant;
}

type Translate = (t: Translation) => Value;

/** How each TensorFlow operator of our graphs is said in ONNX (https://onnx.ai/onnx/operators/). */
export const translations: Readonly<Record<string, Translate>> = {
  Conv2D: convolve,
  _FusedConv2D: convolve,
  DepthwiseConv2dNative: convolve,
  Add: add,
  AddV2: add,
  Relu: (t) => activate(t, 'Relu', t.input(0), t.node.name),
  Relu6: (t) => activate(t, 'Relu6', t.input(0), t.node.name),
  Prelu: (t) => prelu(t, t.picture(0), t.constant(1), t.node.name),
  MaxPool: maxPool,
  Pad: pad,
  Reshape: reshape,
  Mean: mean,
  Identity: (t) => t.input(0),
};

function convolve(t: Translation): Value {
  const { builder, node } = t;
  const source = t.picture(0);
  const depthwise = node.op === 'DepthwiseConv2dNative';
  const kernel = turnKernel(t.constant(1), depthwise);
  const [channels, , kernelHeight, kernelWidth] = kernel.shape;
  const window = slideWindow(node, source, [kernelHeight, kernelWidth]);
  const inputs = [source.name, builder.constant(`${node.name}/kernel`, kernel.shape, kernel.data)];
  const [bias, ...activations] = node.fusedOps;
  if (bias === 'BiasAdd') inputs.push(builder.constant(`${node.name}/bias`, [channels], t.constant(2).data));
  else if (node.fusedOps.length > 0) throw new Error(`${node.name}: fused ${node.fusedOps.join(', ')}`);

  const name = activations.length === 0 ? node.name : `${node.name}/linear`;
  builder.node('Conv', name, inputs, {
    ...window.attributes,
    group: attribute.int(depthwise ? source.channels : 1),
  });
  const result: Picture = { kind: 'picture', name, channels, height: window.height, width: window.width };
  if (activations.length > 1) throw new Error(`${node.name}: fused ${activations.join(', ')}`);
  if (activations.length === 0) return result;
  return activations[0] === 'Prelu'
    ? prelu(t, result, t.constant(3), node.name)
    : activate(t, activations[0], result, node.name);
}

/** [height, width, in, out] becomes [out, in, height, width]; depthwise [h, w, in, times] becomes [in·times, 1, h, w]. */
function turnKernel(
  kernel: TfConstant,
  depthwise: boolean,
): { shape: readonly number[]; data: Float32Array } {
  const [height, width, inner, outer] = kernel.shape;
  const area = height * width;
  const data = new Float32Array(kernel.data.length);
  for (let place = 0; place < area; place++)
    for (let i = 0; i < inner; i++)
      for (let o = 0; o < outer; o++) {
        const target = depthwise ? i * outer + o : o * inner + i;
        data[target * area + place] = kernel.data[(place * inner + i) * outer + o];
      }
  return { shape: depthwise ? [inner * outer, 1, height, width] : [outer, inner, height, width], data };
}

function slideWindow(node: TfNode, source: Picture, [height, width]: readonly [number, number]) {
  const [, strideY, strideX] = node.strides;
  const [, dilationY = 1, dilationX = 1] = node.dilations;
  const { padding } = node;
  const y = padAxis({ size: source.height, window: height, stride: strideY, dilation: dilationY, padding });
  const x = padAxis({ size: source.width, window: width, stride: strideX, dilation: dilationX, padding });
  return {
    height: y.size,
    width: x.size,
    attributes: {
      kernel_shape: attribute.ints([height, width]),
      strides: attribute.ints([strideY, strideX]),
      dilations: attribute.ints([dilationY, dilationX]),
      pads: attribute.ints([y.before, x.before, y.after, x.after]),
    },
  };
}

function add(t: Translation): Value {
  const left = t.input(0);
  const right = t.input(1);
  t.builder.node('Add', t.node.name, [left.name, right.name]);
  return { ...left, name: t.node.name };
}

function activate(t: Translation, op: string, source: Value, name: string): Value {
  if (op === 'Relu6') {
    const low = t.builder.constant(`${name}/low`, [], Float32Array.of(0));
    const high = t.builder.constant(`${name}/high`, [], Float32Array.of(6));
    t.builder.node('Clip', name, [source.name, low, high]);
  } else if (op === 'Relu') t.builder.node('Relu', name, [source.name]);
  else throw new Error(`${name}: activation ${op}`);
  return { ...source, name };
}

/** One slope per channel, [channels, 1, 1] for pictures in NCHW. */
function prelu(t: Translation, source: Picture, slope: TfConstant, name: string): Value {
  if (slope.data.length !== source.channels) throw new Error(`${name}: ${slope.data.length} slopes`);
  const slopes = t.builder.constant(`${name}/slope`, [source.channels, 1, 1], slope.data);
  t.builder.node('PRelu', name, [source.name, slopes]);
  return { ...source, name };
}

function maxPool(t: Translation): Value {
  const source = t.picture(0);
  const [, height, width] = t.node.windowSize;
  const window = slideWindow(t.node, source, [height, width]);
  t.builder.node('MaxPool', t.node.name, [source.name], window.attributes);
  return { ...source, name: t.node.name, height: window.height, width: window.width };
}

function pad(t: Translation): Value {
  const source = t.picture(0);
  const [n0, n1, y0, y1, x0, x1, c0, c1] = t.constant(1).data;
  const amounts = t.builder.indices(`${t.node.name}/amounts`, [n0, c0, y0, x0, n1, c1, y1, x1]);
  t.builder.node('Pad', t.node.name, [source.name, amounts]);
  return {
    kind: 'picture',
    name: t.node.name,
    channels: source.channels + c0 + c1,
    height: source.height + y0 + y1,
    width: source.width + x0 + x1,
  };
}

/** Leaves the batch alone. The order of a picture's values is TensorFlow's (NHWC), so it is turned back first. */
function reshape(t: Translation): Value {
  const { builder, node } = t;
  const source = t.input(0);
  const dims = resolveShape(t.constant(1).data, source, node.name);
  let { name } = source;
  if (source.kind === 'picture' && source.height * source.width > 1)
    name = builder.node('Transpose', `${node.name}/nhwc`, [name], { perm: attribute.ints([0, 2, 3, 1]) });
  // 0 copies the size of the input's own axis: here the batch.
  builder.node('Reshape', node.name, [name, builder.indices(`${node.name}/dims`, [0, ...dims])]);
  return { kind: 'flat', name: node.name, dims };
}

function resolveShape(shape: TfConstant['data'], source: Value, name: string): readonly number[] {
  const count = countValues(source);
  const dims = [...shape].slice(1);
  const known = dims.filter((size) => size >= 0).reduce((product, size) => product * size, 1);
  const resolved = dims.map((size) => (size >= 0 ? size : count / known));
  if (resolved.reduce((product, size) => product * size, 1) !== count)
    throw new Error(`${name}: [${shape.join(', ')}] would mix pictures of a batch`);
  return resolved;
}

/** Values in one picture of the batch. */
export function countValues(value: Value): number {
  return value.kind === 'picture'
    ? value.height * value.width * value.channels
    : value.dims.reduce((product, size) => product * size, 1);
}

function mean(t: Translation): Value {
  const { builder, node } = t;
  const source = t.picture(0);
  const axes = [...t.constant(1).data].sort().join();
  if (axes !== '1,2' || node.keepDims) throw new Error(`${node.name}: mean over axes ${axes}`);
  const pooled = builder.node('GlobalAveragePool', `${node.name}/pool`, [source.name]);
  builder.node('Flatten', node.name, [pooled], { axis: attribute.int(1) });
  return { kind: 'flat', name: node.name, dims: [source.channels] };
}

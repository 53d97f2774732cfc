import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from '../../src/engine/onnx/types.ts';

/** What a made-up network of SyncNet's interface looks like from outside. */
export interface SyncNetVariant {
  /** `null` leaves it open. */
  readonly batch: number | null;
  readonly inputName?: string;
  readonly outputName?: string;
  /** Numbers per embedding; SyncNet has 1024. */
  readonly size?: number;
}

/** Uniform numbers in -1 to 1 from a seed; the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2_147_483_648 - 1;
  };
}

/** Weights that keep the spread of their input. */
function weights(name: string, dims: readonly number[], random: () => number, scale: number): OnnxTensor {
  const count = dims.reduce((product, size) => product * size, 1);
  return { name, dims, data: Float32Array.from({ length: count }, () => scale * random()) };
}

function node(
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, OnnxAttribute>> = {},
): OnnxNode {
  return { op, name: `${op}_${output}`, inputs, outputs: [output], attributes };
}

function int64(name: string, values: readonly number[]): OnnxTensor {
  return { name, dims: [values.length], data: BigInt64Array.from(values.map(BigInt)) };
}

function graphOf(
  { batch, inputName = 'input', outputName = 'output', size = 1024 }: SyncNetVariant,
  inputDims: readonly number[],
  content: { readonly nodes: readonly OnnxNode[]; readonly initializers: readonly OnnxTensor[] },
): OnnxGraph {
  const rename = (name: string): string => (name === 'in' ? inputName : name === 'out' ? outputName : name);
  return {
    name: 'syncnet-like',
    inputs: [{ name: inputName, dims: [batch ?? 'batch', ...inputDims] }],
    outputs: [{ name: outputName, dims: [batch ?? 'batch', size] }],
    nodes: content.nodes.map((each) => ({
      ...each,
      inputs: each.inputs.map(rename),
      outputs: each.outputs.map(rename),
    })),
    initializers: content.initializers,
    metadata: { note: 'made for tests; its weights are random' },
  };
}

/** What all embeddings of both networks share, as in real ones: without it the zeros beyond the ends would be nearest. */
function commonPart(size: number): OnnxTensor {
  return weights('common', [size], randomFrom(13), 8);
}

/** Five frames in, 7 × 7 patches of them through a random convolution, a random matrix on top. */
export function faceGraph(variant: SyncNetVariant): OnnxGraph {
  const random = randomFrom(11);
  const size = variant.size ?? 1024;
  return graphOf(variant, [3, 5, 224, 224], {
    nodes: [
      node('Conv', ['in', 'kernel'], 'seen', {
        kernel_shape: { kind: 'ints', value: [5, 32, 32] },
        strides: { kind: 'ints', value: [1, 32, 32] },
      }),
      node('Relu', ['seen'], 'kept'),
      node('Flatten', ['kept'], 'flat', { axis: { kind: 'int', value: 1 } }),
      node('Gemm', ['flat', 'matrix', 'common'], 'out'),
    ],
    initializers: [
      commonPart(size),
      weights('kernel', [4, 3, 5, 32, 32], random, 0.0005),
      weights('matrix', [4 * 49, size], random, 0.05),
    ],
  });
}

/** Thirteen coefficients of twenty frames in, a random matrix on top. */
export function soundGraph(variant: SyncNetVariant): OnnxGraph {
  const size = variant.size ?? 1024;
  return graphOf(variant, [1, 13, 20], {
    nodes: [
      node('Flatten', ['in'], 'flat', { axis: { kind: 'int', value: 1 } }),
      node('Gemm', ['flat', 'matrix', 'common'], 'out'),
    ],
    initializers: [commonPart(size), weights('matrix', [260, size], randomFrom(12), 0.01)],
  });
}

/** Embeds five frames as the mean brightness of each, 0 to 255. */
export function brightnessGraph(batch: number | null): OnnxGraph {
  return graphOf({ batch, size: 5 }, [3, 5, 224, 224], {
    nodes: [
      node('ReduceMean', ['in'], 'out', {
        axes: { kind: 'ints', value: [1, 3, 4] },
        keepdims: { kind: 'int', value: 0 },
      }),
    ],
    initializers: [],
  });
}

/** Embeds twenty sound frames as five mean log energies, put as `gain` · energy + `bias`. */
export function loudnessGraph(batch: number | null, gain: number, bias: number): OnnxGraph {
  return graphOf({ batch, size: 5 }, [1, 13, 20], {
    nodes: [
      node('Slice', ['in', 'from', 'to', 'axis'], 'energy'),
      node('Reshape', ['energy', 'blocks'], 'blocked'),
      node('ReduceMean', ['blocked'], 'loudness', {
        axes: { kind: 'ints', value: [2] },
        keepdims: { kind: 'int', value: 0 },
      }),
      node('Mul', ['loudness', 'gain'], 'scaled'),
      node('Add', ['scaled', 'bias'], 'out'),
    ],
    initializers: [
      int64('from', [0]),
      int64('to', [1]),
      int64('axis', [2]),
      int64('blocks', [-1, 5, 4]),
      { name: 'gain', dims: [1], data: Float32Array.of(gain) },
      { name: 'bias', dims: [1], data: Float32Array.of(bias) },
    ],
  });
}

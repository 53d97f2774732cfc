import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { encodeOnnxModel } from '../../src/engine/onnx/onnx-writer.ts';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from '../../src/engine/onnx/types.ts';

/** Which of the wild's variants a graph imitates. */
export interface GeneratorVariant {
  readonly size: number;
  /** `null` leaves it open. */
  readonly batch: number | null;
  readonly naming: 'community' | 'facefusion';
}

const namesOf = {
  community: { sound: 'mel_spectrogram', face: 'video_frames', output: 'predicted_frames' },
  facefusion: { sound: 'source', face: 'target', output: 'output' },
} as const;

/** Uniform numbers from a seed; the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2_147_483_648 - 1;
  };
}

/** Collects nodes and weights while a graph is written down layer by layer. */
class GraphSketch {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly #random: () => number;
  parameterCount = 0;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  node(op: string, inputs: readonly string[], attributes: Record<string, OnnxAttribute> = {}): string {
    const name = `${op.toLowerCase()}_${this.nodes.length}`;
    this.nodes.push({ op, name, inputs, outputs: [name], attributes });
    return name;
  }

  constant(data: OnnxTensor['data'], dims: readonly number[]): string {
    const name = `weight_${this.initializers.length}`;
    this.initializers.push({ name, dims, data });
    if (data instanceof Float32Array) this.parameterCount += data.length;
    return name;
  }

  axes(...values: number[]): string {
    return this.constant(BigInt64Array.from(values.map(BigInt)), [values.length]);
  }

  /** Uniform weights of standard deviation gain/sqrt(fanIn), which keeps activations in bounds. */
  weights(dims: readonly number[], fanIn: number, gain: number): string {
    const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
    const reach = gain * Math.sqrt(3 / fanIn);
    for (let i = 0; i < data.length; i++) data[i] = reach * this.#random();
    return this.constant(data, dims);
  }

  conv(input: string, shape: ConvShape): string {
    const { from, to, kernel, stride = [1, 1], pad, gain = Math.SQRT2 } = shape;
    const weight = this.weights([to, from, kernel, kernel], from * kernel * kernel, gain);
    const bias = this.weights([to], 100, 1);
    return this.node('Conv', [input, weight, bias], {
      kernel_shape: { kind: 'ints', value: [kernel, kernel] },
      strides: { kind: 'ints', value: stride },
      pads: { kind: 'ints', value: [pad, pad, pad, pad] },
    });
  }

  convTranspose(input: string, { from, to, stride, pad, grow }: TransposeShape): string {
    const weight = this.weights([from, to, 3, 3], (from * 9) / (stride * stride), Math.SQRT2);
    const bias = this.weights([to], 100, 1);
    return this.node('ConvTranspose', [input, weight, bias], {
      kernel_shape: { kind: 'ints', value: [3, 3] },
      strides: { kind: 'ints', value: [stride, stride] },
      pads: { kind: 'ints', value: [pad, pad, pad, pad] },
      output_padding: { kind: 'ints', value: [grow, grow] },
    });
  }
}

interface ConvShape {
  readonly from: number;
  readonly to: number;
  readonly kernel: number;
  readonly stride?: readonly [number, number];
  readonly pad: number;
  readonly gain?: number;
}

interface TransposeShape {
  readonly from: number;
  readonly to: number;
  readonly stride: 1 | 2;
  readonly pad: 0 | 1;
  readonly grow: 0 | 1;
}

function finish(
  sketch: GraphSketch,
  { size, batch, naming }: GeneratorVariant,
  { answer, channels = 6 }: { readonly answer: string; readonly channels?: number },
): OnnxGraph {
  const names = namesOf[naming];
  const first = batch ?? 'batch';
  sketch.nodes.push({
    op: 'Identity',
    name: 'answer',
    inputs: [answer],
    outputs: [names.output],
    attributes: {},
  });
  return {
    name: `generator_${size}`,
    inputs: [
      { name: names.sound, dims: [first, 1, 80, 16] },
      { name: names.face, dims: [first, channels, size, size] },
    ],
    outputs: [{ name: names.output, dims: [first, 3, size, size] }],
    nodes: sketch.nodes,
    initializers: sketch.initializers,
    metadata: { note: 'made for tests; its weights are random' },
  };
}

/** A few layers with random weights and the interface of a Wav2Lip generator. */
export function smallGeneratorGraph(variant: GeneratorVariant, seed = 7): OnnxGraph {
  const { sound, face } = namesOf[variant.naming];
  const sketch = new GraphSketch(seed);
  const flat = sketch.node('Flatten', [sound], { axis: { kind: 'int', value: 1 } });
  const heard = sketch.node('Gemm', [flat, sketch.weights([1280, 8], 1280, 1), sketch.weights([8], 8, 1)]);
  const spread = sketch.node('Unsqueeze', [heard, sketch.axes(2, 3)]);
  const seen = sketch.conv(face, { from: 6, to: 8, kernel: 3, stride: [2, 2], pad: 1 });
  const both = sketch.node('Relu', [sketch.node('Add', [seen, spread])]);
  const drawn = sketch.convTranspose(both, { from: 8, to: 3, stride: 2, pad: 1, grow: 1 });
  return finish(sketch, variant, { answer: sketch.node('Sigmoid', [drawn]) });
}

/**
 * Gives back the reference face, brightened around the mouth by how loud the sound is (`loudnessGain` for a window at
 * +4 everywhere, nothing for silence at -4): its answer can be told beforehand, so it shows whether faces come back
 * where they were and whether each frame hears its own sound.
 */
export function copyingGeneratorGraph(variant: GeneratorVariant, loudnessGain = 0): OnnxGraph {
  const { sound, face } = namesOf[variant.naming];
  const { size } = variant;
  const sketch = new GraphSketch(1);
  const reference = sketch.node('Slice', [face, sketch.axes(3), sketch.axes(6), sketch.axes(1)]);
  const mean = sketch.node('ReduceMean', [sound], { axes: { kind: 'ints', value: [1, 2, 3] } });
  const raised = sketch.node('Add', [mean, sketch.constant(Float32Array.of(4), [1])]);
  const spot = Float32Array.from({ length: size * size }, (_, i) => {
    const dx = ((i % size) + 0.5) / size - 0.5;
    const dy = (Math.floor(i / size) + 0.5) / size - 0.76;
    return (loudnessGain / 8) * Math.max(0, 1 - (dx * dx + dy * dy) / 0.015);
  });
  const glow = sketch.node('Mul', [raised, sketch.constant(spot, [1, 1, size, size])]);
  return finish(sketch, variant, { answer: sketch.node('Add', [reference, glow]) });
}

/** EDTalk's interface as facefusion exports it: a whole RGB face, a sound and a weight; gives the face back. */
export function wholeFaceGraph(size = 256): OnnxGraph {
  const sketch = new GraphSketch(1);
  const mean = sketch.node('ReduceMean', ['source'], { axes: { kind: 'ints', value: [1, 2, 3] } });
  const nothing = sketch.node('Mul', [mean, sketch.constant(Float32Array.of(0), [1])]);
  const weighted = sketch.node('Mul', [nothing, 'weight']);
  const answer = sketch.node('Add', ['target', weighted]);
  const graph = finish(sketch, { size, batch: 1, naming: 'facefusion' }, { answer, channels: 3 });
  return { ...graph, inputs: [...graph.inputs, { name: 'weight', dims: [1] }] };
}

/**
 * Wav2Lip's 96-pixel generator layer by layer (models/wav2lip.py of https://github.com/Rudrabha/Wav2Lip, batch norms
 * folded into the convolutions), about 36 million random weights: as much work as the real one.
 */
export function fullSizeGeneratorGraph(batch: number | null = null): {
  readonly graph: OnnxGraph;
  readonly parameterCount: number;
} {
  const { sound, face } = namesOf.community;
  const sketch = new GraphSketch(96);
  const block = (input: string, shape: ConvShape): string => sketch.node('Relu', [sketch.conv(input, shape)]);
  const residuals = (input: string, width: number, count: number): string => {
    let at = input;
    for (let i = 0; i < count; i++) {
      const inner = sketch.conv(at, { from: width, to: width, kernel: 3, pad: 1, gain: 0.3 });
      at = sketch.node('Relu', [sketch.node('Add', [inner, at])]);
    }
    return at;
  };
  const heard = audioEncoder(sound, block, residuals);
  const skips: { readonly name: string; readonly width: number }[] = [];
  let seen = block(face, { from: 6, to: 16, kernel: 7, pad: 3 });
  skips.push({ name: seen, width: 16 });
  for (const [from, to, count] of [
    [16, 32, 2],
    [32, 64, 3],
    [64, 128, 2],
    [128, 256, 2],
    [256, 512, 1],
  ] as const) {
    seen = residuals(block(seen, { from, to, kernel: 3, stride: [2, 2], pad: 1 }), to, count);
    skips.push({ name: seen, width: to });
  }
  seen = block(seen, { from: 512, to: 512, kernel: 3, pad: 0 });
  seen = block(seen, { from: 512, to: 512, kernel: 1, pad: 0 });
  skips.push({ name: seen, width: 512 });
  let drawn = block(heard, { from: 512, to: 512, kernel: 1, pad: 0 });
  let width = 512;
  const join = (): void => {
    const skip = skips.pop();
    if (skip === undefined) throw new Error('more decoder blocks than encoder blocks');
    drawn = sketch.node('Concat', [drawn, skip.name], { axis: { kind: 'int', value: 1 } });
    width += skip.width;
  };
  join();
  for (const [to, count, stride] of [
    [512, 1, 1],
    [512, 2, 2],
    [384, 2, 2],
    [256, 2, 2],
    [128, 2, 2],
    [64, 2, 2],
  ] as const) {
    const pad = stride === 1 ? 0 : 1;
    const up = sketch.convTranspose(drawn, { from: width, to, stride, pad, grow: pad });
    drawn = residuals(sketch.node('Relu', [up]), to, count);
    width = to;
    join();
  }
  const last = block(drawn, { from: width, to: 32, kernel: 3, pad: 1 });
  const answer = sketch.node('Sigmoid', [
    sketch.conv(last, { from: 32, to: 3, kernel: 1, pad: 0, gain: 0.5 }),
  ]);
  const graph = finish(sketch, { size: 96, batch, naming: 'community' }, { answer });
  return { graph, parameterCount: sketch.parameterCount };
}

function audioEncoder(
  sound: string,
  block: (input: string, shape: ConvShape) => string,
  residuals: (input: string, width: number, count: number) => string,
): string {
  let at = residuals(block(sound, { from: 1, to: 32, kernel: 3, pad: 1 }), 32, 2);
  at = residuals(block(at, { from: 32, to: 64, kernel: 3, stride: [3, 1], pad: 1 }), 64, 2);
  at = residuals(block(at, { from: 64, to: 128, kernel: 3, stride: [3, 3], pad: 1 }), 128, 2);
  at = residuals(block(at, { from: 128, to: 256, kernel: 3, stride: [3, 2], pad: 1 }), 256, 1);
  at = block(at, { from: 256, to: 512, kernel: 3, pad: 0 });
  return block(at, { from: 512, to: 512, kernel: 1, pad: 0 });
}

/** Writes a graph to a file, complete or not at all; an existing file is kept. */
export async function writeGraphOnce(path: string, make: () => OnnxGraph): Promise<string> {
  if (existsSync(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, encodeOnnxModel(make()));
  await rename(part, path);
  return path;
}

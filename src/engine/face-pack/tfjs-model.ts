import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { halfToFloat } from './half-float.ts';

/** A constant of a TensorFlow graph, row-major; integers are shapes, axes and paddings. */
export interface TfConstant {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** One operator of a TensorFlow graph, its attributes unpacked from protobuf's JSON form. */
export interface TfNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly strides: readonly number[];
  readonly windowSize: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: string;
  readonly fusedOps: readonly string[];
  readonly keepDims: boolean;
  /** Shape of a placeholder, -1 where it may vary. */
  readonly shape: readonly number[];
}

/** A TensorFlow.js graph model in memory. */
export interface TfModel {
  /** In the file's order, which is a valid order of execution. */
  readonly nodes: readonly TfNode[];
  readonly constants: ReadonlyMap<string, TfConstant>;
}

/** Protobuf's JSON form: 64-bit integers are text, bytes are base64. */
const attributeSchema = z.object({
  s: z.string().optional(),
  b: z.boolean().optional(),
  list: z.object({ i: z.array(z.string()).optional(), s: z.array(z.string()).optional() }).optional(),
  shape: z.object({ dim: z.array(z.object({ size: z.string() })).optional() }).optional(),
});
type Attribute = z.infer<typeof attributeSchema>;

const weightSchema = z.object({
  name: z.string(),
  shape: z.array(z.number().int()),
  dtype: z.enum(['float32', 'int32']),
  quantization: z.object({ dtype: z.literal('float16') }).optional(),
});

const fileSchema = z.object({
  format: z.literal('graph-model'),
  modelTopology: z.object({
    node: z.array(
      z.object({
        name: z.string(),
        op: z.string(),
        input: z.array(z.string()).default([]),
        attr: z.record(z.string(), attributeSchema).default({}),
      }),
    ),
  }),
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(weightSchema) })),
});

/**
 * Reads a TensorFlow.js graph model (`model.json` and its weight files) with float32, float16 and int32 weights.
 * Format: https://github.com/tensorflow/tfjs/tree/master/tfjs-converter#format-conversion-details
 *
 * Throws plain errors for files that are not such a model: they come from a pinned dependency, not from a user.
 */
export async function readTfjsModel(jsonPath: string): Promise<TfModel> {
  const file = fileSchema.parse(JSON.parse(await readFile(jsonPath, 'utf8')));
  const constants = new Map<string, TfConstant>();
  for (const group of file.weightsManifest) {
    const parts = await Promise.all(group.paths.map((path) => readFile(besides(jsonPath, path))));
    readWeights(Buffer.concat(parts), group.weights, constants);
  }
  return { nodes: file.modelTopology.node.filter(({ op }) => op !== 'Const').map(toNode), constants };
}

/** All files of a model: the JSON and the weights it names, as absolute paths. */
export async function listTfjsFiles(jsonPath: string): Promise<readonly string[]> {
  const file = fileSchema.parse(JSON.parse(await readFile(jsonPath, 'utf8')));
  const weights = file.weightsManifest.flatMap((group) => group.paths);
  return [jsonPath, ...weights.map((path) => besides(jsonPath, path))];
}

/** A weight file lies in the model's folder; a path that says otherwise is not followed. */
const besides = (jsonPath: string, path: string): string => join(dirname(jsonPath), basename(path));

function readWeights(
  bytes: Buffer,
  weights: readonly z.infer<typeof weightSchema>[],
  into: Map<string, TfConstant>,
): void {
  let offset = 0;
  for (const { name, shape, dtype, quantization } of weights) {
    const count = shape.reduce((product, size) => product * size, 1);
    const byteCount = count * (quantization === undefined ? 4 : 2);
    if (offset + byteCount > bytes.length) throw new Error(`weights end inside ${name}`);
    // A copy: weights do not start at multiples of four.
    const raw = Uint8Array.from(bytes.subarray(offset, offset + byteCount)).buffer;
    const data =
      quantization !== undefined
        ? Float32Array.from(new Uint16Array(raw), halfToFloat)
        : dtype === 'int32'
          ? new Int32Array(raw)
          : new Float32Array(raw);
    into.set(name, { shape, data });
    offset += byteCount;
  }
  if (offset !== bytes.length) throw new Error(`${bytes.length - offset} bytes of weights belong to nothing`);
}

function toNode(node: z.infer<typeof fileSchema>['modelTopology']['node'][number]): TfNode {
  const attribute = (name: string): Attribute => node.attr[name] ?? {};
  const text = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
  const numbers = (name: string): number[] => (attribute(name).list?.i ?? []).map(Number);
  const layout = text(attribute('data_format').s ?? '');
  if (layout !== '' && layout !== 'NHWC') throw new Error(`${node.name}: layout ${layout}`);
  return {
    name: node.name,
    op: node.op,
    inputs: node.input,
    strides: numbers('strides'),
    windowSize: numbers('ksize'),
    dilations: numbers('dilations'),
    padding: text(attribute('padding').s ?? ''),
    fusedOps: (attribute('fused_ops').list?.s ?? []).map(text),
    keepDims: attribute('keep_dims').b ?? false,
    shape: (attribute('shape').shape?.dim ?? []).map(({ size }) => Number(size)),
  };
}

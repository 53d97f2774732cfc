import type { OnnxGraph, OnnxValueInfo } from '../onnx/types.ts';
import { attribute, GraphBuilder, type Value } from './graph-builder.ts';
import { countValues, translations, type Translation } from './operators.ts';
import { simplifyGraph } from './simplify-graph.ts';
import type { TfModel, TfNode } from './tfjs-model.ts';

/** One output of the ONNX model. */
export interface WantedOutput {
  readonly name: string;
  /** Tensors of the TensorFlow graph; several are joined along the axis after the batch. */
  readonly from: readonly string[];
}

/** What to make of a TensorFlow graph. */
export interface ConversionRequest {
  readonly name: string;
  readonly model: TfModel;
  readonly outputs: readonly WantedOutput[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Says a TensorFlow graph over pictures in ONNX: one input `input`, float32 [batch, channels, height, width], and the
 * wanted outputs with a symbolic batch in front. A picture output must be one pixel and comes as [batch, channels].
 *
 * Throws a plain error that names the operator when the graph holds something that was never needed here.
 */
export function convertGraph(request: ConversionRequest): OnnxGraph {
  const builder = new GraphBuilder();
  const model = simplifyGraph(
    request.model,
    request.outputs.flatMap(({ from }) => from),
  );
  const values = new Map<string, Value>();
  const inputs: OnnxValueInfo[] = [];
  for (const node of model.nodes)
    if (node.op === 'Placeholder') {
      const [, height, width, channels] = node.shape;
      inputs.push({ name: 'input', dims: ['batch', channels, height, width] });
      values.set(node.name, { kind: 'picture', name: 'input', height, width, channels });
    } else values.set(node.name, translate({ builder, node, model, values }));
  if (inputs.length !== 1) throw new Error(`${request.name}: ${inputs.length} inputs`);

  const outputs = request.outputs.map((wanted) => finishOutput(builder, wanted, values));
  return {
    name: request.name,
    inputs,
    outputs,
    nodes: builder.nodes,
    initializers: builder.initializers,
    metadata: request.metadata,
  };
}

function translate(context: {
  readonly builder: GraphBuilder;
  readonly node: TfNode;
  readonly model: TfModel;
  readonly values: ReadonlyMap<string, Value>;
}): Value {
  const { builder, node, model, values } = context;
  const operate = translations[node.op] as ((t: Translation) => Value) | undefined;
  if (operate === undefined) throw new Error(`${node.name}: operator ${node.op} is not supported`);
  const input = (index: number): Value => {
    const value = values.get(node.inputs[index]);
    if (value === undefined) throw new Error(`${node.name}: input ${index} is not a computed value`);
    return value;
  };
  return operate({
    builder,
    node,
    input,
    picture: (index) => {
      const value = input(index);
      if (value.kind !== 'picture') throw new Error(`${node.name}: input ${index} is not a picture`);
      return value;
    },
    constant: (index) => {
      const constant = model.constants.get(node.inputs[index]);
      if (constant === undefined) throw new Error(`${node.name}: input ${index} is not a constant`);
      return constant;
    },
  });
}

function finishOutput(
  builder: GraphBuilder,
  wanted: WantedOutput,
  values: ReadonlyMap<string, Value>,
): OnnxValueInfo {
  const parts = wanted.from.map((name) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`the graph has no tensor ${name}`);
    return value.kind === 'flat' ? value : flattenPixel(builder, value);
  });
  const [first, ...rest] = parts;
  if (rest.length === 0) builder.node('Identity', wanted.name, [first.name]);
  else
    builder.node(
      'Concat',
      wanted.name,
      parts.map(({ name }) => name),
      { axis: attribute.int(1) },
    );
  const length = parts.reduce((sum, { dims }) => sum + dims[0], 0);
  return { name: wanted.name, dims: ['batch', length, ...first.dims.slice(1)] };
}

function flattenPixel(builder: GraphBuilder, value: Value): Extract<Value, { kind: 'flat' }> {
  if (value.kind === 'picture' && value.height * value.width !== 1)
    throw new Error(`${value.name}: an output must be flat or one pixel`);
  const name = builder.node('Flatten', `${value.name}/flat`, [value.name], { axis: attribute.int(1) });
  return { kind: 'flat', name, dims: [countValues(value)] };
}

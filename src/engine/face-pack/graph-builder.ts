import type { OnnxAttribute, OnnxNode, OnnxTensor } from '../onnx/types.ts';

/**
 * What a TensorFlow tensor has become. Pictures are turned once from NHWC to NCHW and stay so; everything else keeps
 * its order. The batch is symbolic throughout and therefore not part of any size here.
 */
export type Value =
  | {
      readonly kind: 'picture';
      readonly name: string;
      readonly height: number;
      readonly width: number;
      readonly channels: number;
    }
  | { readonly kind: 'flat'; readonly name: string; readonly dims: readonly number[] };

/** A picture-shaped value. */
export type Picture = Extract<Value, { kind: 'picture' }>;

const int = (value: number): OnnxAttribute => ({ kind: 'int', value });
const ints = (value: readonly number[]): OnnxAttribute => ({ kind: 'ints', value });

/** Shorthand for attributes. */
export const attribute = { int, ints };

/** Collects the operators and constants of an ONNX graph under construction. */
export class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];

  /** Adds an operator with one output, which carries the operator's name. */
  node(
    op: string,
    name: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    this.nodes.push({ op, name, inputs, outputs: [name], attributes });
    return name;
  }

  /** Adds a constant and returns its name. */
  constant(name: string, dims: readonly number[], data: OnnxTensor['data']): string {
    this.initializers.push({ name, dims, data });
    return name;
  }

  /** Adds a one-dimensional int64 constant, the form in which ONNX wants shapes and axes. */
  indices(name: string, values: readonly number[]): string {
    return this.constant(name, [values.length], BigInt64Array.from(values, BigInt));
  }
}

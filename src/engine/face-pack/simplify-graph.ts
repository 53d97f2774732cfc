import type { TfConstant, TfModel, TfNode } from './tfjs-model.ts';

/**
 * Folds what TensorFlow spelled out, so that every runtime gets few and large operators:
 * batch normalisation (convolution, Mul, Add) into kernel and bias, and Relu, Minimum 6, Maximum 0 into Relu6.
 * Nodes keep the name of the last one they swallow. Nodes that `outputs` do not need are left out.
 */
export function simplifyGraph(model: TfModel, outputs: readonly string[]): TfModel {
  const graph = new Simplifier(keepNeeded(model, outputs), outputs);
  return graph.simplify();
}

function keepNeeded(model: TfModel, outputs: readonly string[]): TfModel {
  const needed = new Set(outputs);
  for (const node of [...model.nodes].reverse())
    if (needed.has(node.name)) for (const input of node.inputs) needed.add(input);
  return { constants: model.constants, nodes: model.nodes.filter(({ name }) => needed.has(name)) };
}

const convolutions = ['Conv2D', '_FusedConv2D', 'DepthwiseConv2dNative'];

class Simplifier {
  readonly #constants: Map<string, TfConstant>;
  readonly #nodes = new Map<string, TfNode>();
  readonly #uses = new Map<string, number>();

  constructor(model: TfModel, outputs: readonly string[]) {
    this.#constants = new Map(model.constants);
    for (const node of model.nodes) this.#nodes.set(node.name, node);
    for (const name of [...outputs, ...model.nodes.flatMap(({ inputs }) => inputs)])
      this.#uses.set(name, (this.#uses.get(name) ?? 0) + 1);
  }

  simplify(): TfModel {
    for (const node of [...this.#nodes.values()])
      if (!this.#foldScale(node) && !this.#foldBias(node)) this.#foldRelu6(node);
    return { nodes: [...this.#nodes.values()], constants: this.#constants };
  }

  /** The node that makes a tensor, when nothing else reads that tensor. */
  #onlyFor(tensor: string): TfNode | undefined {
    return this.#uses.get(tensor) === 1 ? this.#nodes.get(tensor) : undefined;
  }

  #replace(swallowed: readonly TfNode[], last: TfNode): true {
    for (const { name } of swallowed) this.#nodes.delete(name);
    // A Map keeps the place of an existing key, and the last node's place is where its inputs are ready.
    this.#nodes.set(last.name, last);
    return true;
  }

  #foldScale(node: TfNode): boolean {
    const [source, factorName] = node.inputs;
    const factor = this.#constants.get(factorName);
    const convolution = this.#onlyFor(source);
    if (node.op !== 'Mul' || factor === undefined || convolution === undefined) return false;
    if (!convolutions.includes(convolution.op) || convolution.fusedOps.length > 0) return false;
    const kernel = this.#constants.get(convolution.inputs[1]);
    if (kernel === undefined) return false;
    const channels = factor.data.length;
    // Output channels are a kernel's last axis; a depthwise kernel's are its last two, [in, multiplier].
    const kernelChannels =
      convolution.op === 'DepthwiseConv2dNative' ? kernel.shape.slice(2) : kernel.shape.slice(3);
    if (kernelChannels.reduce((product, size) => product * size, 1) !== channels) return false;
    const data = Float32Array.from(kernel.data, (value, i) => value * factor.data[i % channels]);
    const kernelName = `${node.name}/kernel`;
    this.#constants.set(kernelName, { shape: kernel.shape, data });
    const inputs = [convolution.inputs[0], kernelName];
    return this.#replace([convolution], { ...convolution, name: node.name, inputs });
  }

  #foldBias(node: TfNode): boolean {
    const [source, biasName] = node.inputs;
    const bias = this.#constants.get(biasName);
    const convolution = this.#onlyFor(source);
    if (!node.op.startsWith('Add') || bias === undefined || convolution === undefined) return false;
    if (!convolutions.includes(convolution.op) || convolution.fusedOps.length > 0) return false;
    const inputs = [...convolution.inputs, biasName];
    return this.#replace([convolution], { ...convolution, name: node.name, inputs, fusedOps: ['BiasAdd'] });
  }

  #foldRelu6(node: TfNode): boolean {
    const minimum = this.#onlyFor(node.inputs[0]);
    const relu = minimum && this.#onlyFor(minimum.inputs[0]);
    if (node.op !== 'Maximum' || minimum?.op !== 'Minimum' || relu?.op !== 'Relu') return false;
    if (!this.#isScalar(node.inputs[1], 0) || !this.#isScalar(minimum.inputs[1], 6)) return false;
    return this.#replace([minimum, relu], { ...relu, op: 'Relu6', name: node.name });
  }

  #isScalar(name: string, value: number): boolean {
    const constant = this.#constants.get(name);
    return constant?.data.length === 1 && constant.data[0] === value;
  }
}

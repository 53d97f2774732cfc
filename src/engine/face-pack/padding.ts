/** Rows or columns added before and after along one axis. */
export interface AxisPadding {
  readonly before: number;
  readonly after: number;
  /** Size of the result along the axis. */
  readonly size: number;
}

/**
 * TensorFlow's SAME and VALID padding of one axis. SAME gives ceil(size / stride) results and puts the odd row or
 * column after the picture, unlike PyTorch, which pads both sides alike; half a pixel of every landmark hangs on it.
 * Source: https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
 */
export function padAxis(axis: {
  readonly size: number;
  readonly window: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: string;
}): AxisPadding {
  const reach = (axis.window - 1) * axis.dilation + 1;
  if (axis.padding === 'VALID')
    return { before: 0, after: 0, size: Math.floor((axis.size - reach) / axis.stride) + 1 };
  if (axis.padding !== 'SAME') throw new Error(`padding ${axis.padding} is not supported`);
  const size = Math.ceil(axis.size / axis.stride);
  const total = Math.max(0, (size - 1) * axis.stride + reach - axis.size);
  const before = Math.floor(total / 2);
  return { before, after: total - before, size };
}

import type { VideoFrame } from '../../media/frame.ts';
import { colourMatrixOf } from '../../pixels/colour-matrix.ts';

/** Three channels of a model's picture, 0 to 1, row-major. */
export interface RgbGrids {
  readonly red: Float32Array;
  readonly green: Float32Array;
  readonly blue: Float32Array;
}

/** The channels of picture `index` in a batch [N, 3 or more, H, W], as views; `firstChannel` skips leading ones. */
export function rgbGridsOf(
  data: Float32Array,
  layout: { readonly offset: number; readonly pixelCount: number; readonly order: 'rgb' | 'bgr' },
): RgbGrids {
  const { offset, pixelCount, order } = layout;
  const [first, green, last] = [0, 1, 2].map((channel) =>
    data.subarray(offset + channel * pixelCount, offset + (channel + 1) * pixelCount),
  );
  return order === 'rgb' ? { red: first, green, blue: last } : { red: last, green, blue: first };
}

/**
 * The picture in the units of a frame's planes, at the model's size: one grid per plane, in the frame's plane order.
 * Values that are no numbers are replaced by those of `fallback`, others kept within 0 … 1.
 */
export function planeGridsOf(
  frame: VideoFrame,
  picture: RgbGrids,
  fallback: RgbGrids = picture,
): Float32Array[] {
  const matrix = colourMatrixOf(frame);
  const count = picture.green.length;
  const { model } = frame.format;
  const planeCount = model === 'gray' ? 1 : 3;
  const grids = Array.from({ length: planeCount }, () => new Float32Array(count));
  const { lumaOffset, lumaRange, chromaOffset, chromaRange, redShare, blueShare } = matrix;
  const greenShare = 1 - redShare - blueShare;
  const cbScale = chromaRange / matrix.cbToBlue;
  const crScale = chromaRange / matrix.crToRed;
  for (let i = 0; i < count; i++) {
    const r = usable(picture.red[i], fallback.red[i]);
    const g = usable(picture.green[i], fallback.green[i]);
    const b = usable(picture.blue[i], fallback.blue[i]);
    if (model === 'gbr') {
      grids[0][i] = lumaOffset + lumaRange * g;
      grids[1][i] = lumaOffset + lumaRange * b;
      grids[2][i] = lumaOffset + lumaRange * r;
      continue;
    }
    const y = redShare * r + greenShare * g + blueShare * b;
    grids[0][i] = lumaOffset + lumaRange * y;
    if (model === 'gray') continue;
    grids[1][i] = chromaOffset + cbScale * (b - y);
    grids[2][i] = chromaOffset + crScale * (r - y);
  }
  return grids;
}

function usable(value: number, fallback: number): number {
  if (value >= 0 && value <= 1) return value;
  if (value > 1) return 1;
  return value < 0 ? 0 : fallback;
}

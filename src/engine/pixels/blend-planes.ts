import type { Patch, PixelBox, VideoFrame } from '../media/frame.ts';
import { chromaMask, type Mask } from './feather-mask.ts';
import { boxInPlane, copyOfPlane, planeShiftOf } from './plane-geometry.ts';

/**
 * Gives the new samples of one plane: `values` covers `box` (in the plane's own samples, counted from the picture's
 * first), row by row, in the frame's own sample units.
 */
export type PlaneOverlay = (planeIndex: number, box: PixelBox) => Float32Array;

/**
 * Lays new samples over a frame inside a mask and returns the finished picture of the mask's box, which must lie on
 * the chroma grid. Samples where the mask is 0 are the source's, bit for bit; an alpha plane is never changed.
 */
export function blendPlanes(frame: VideoFrame, mask: Mask, overlay: PlaneOverlay): Patch {
  const largest = 2 ** frame.format.bitDepth - 1;
  let masked: { readonly key: string; readonly values: Float32Array } | null = null;
  const planes = frame.planes.map((plane, index) => {
    const shift = planeShiftOf(frame.format, index);
    const box = boxInPlane(mask.box, shift);
    const copy = copyOfPlane(plane, box);
    if (index === 3) return copy;
    const key = `${shift.x},${shift.y}`;
    if (masked?.key !== key) masked = { key, values: chromaMask(mask, shift) };
    const weights = masked.values;
    const values = overlay(index, box);
    const { data } = copy;
    for (let i = 0; i < data.length; i++) {
      const weight = weights[i];
      if (weight === 0) continue;
      const value = data[i] + weight * (values[i] - data[i]) + 0.5;
      data[i] = value < 0 ? 0 : value > largest ? largest : value;
    }
    return copy;
  });
  return { frameIndex: frame.index, box: mask.box, planes };
}

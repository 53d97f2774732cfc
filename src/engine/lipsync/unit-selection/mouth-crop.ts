import type { PixelBox, Plane } from '../../media/frame.ts';
import type { Raster } from './resample.ts';

/** A donor's pixels: the part of its frame around the mouth. */
export interface MouthCrop {
  readonly box: PixelBox;
  readonly planes: readonly Plane[];
}

/** A donor and its share in the picture (shares sum to 1; several donors only where one run fades into the next). */
export interface WeightedCrop {
  readonly crop: MouthCrop;
  readonly share: number;
}

/** How much smaller the soft copies of crops are, each way. */
export const softStep = 4;

/** A crop without its fine detail: each plane averaged over 4 × 4 samples. */
export function softPlanes(crop: MouthCrop): Raster[] {
  return crop.planes.map((plane) => {
    const width = Math.max(1, Math.floor(plane.width / softStep));
    const height = Math.max(1, Math.floor(plane.height / softStep));
    const data = new Float32Array(width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) data[y * width + x] = blockMean(plane, x * softStep, y * softStep);
    }
    return { data, width, height };
  });
}

function blockMean(plane: Plane, left: number, top: number): number {
  let sum = 0;
  let count = 0;
  for (let y = top; y < Math.min(top + softStep, plane.height); y++) {
    for (let x = left; x < Math.min(left + softStep, plane.width); x++) {
      sum += plane.data[y * plane.width + x];
      count++;
    }
  }
  return sum / count;
}

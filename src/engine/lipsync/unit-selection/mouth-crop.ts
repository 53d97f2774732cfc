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

/** A part of a plane without its fine detail: averaged over `step` × `step` samples. */
export function softened(plane: Plane, part: PixelBox, step: number): Raster {
  const width = Math.max(1, Math.floor(part.width / step));
  const height = Math.max(1, Math.floor(part.height / step));
  const data = new Float32Array(width * height);
  const scale = 1 / (step * step);
  for (let y = 0; y < height; y++) {
    for (let line = 0; line < step; line++) {
      let at = Math.min(part.y + y * step + line, plane.height - 1) * plane.width + part.x;
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let k = 0; k < step; k++) sum += plane.data[at++];
        data[y * width + x] += scale * sum;
      }
    }
  }
  return { data, width, height };
}

import type { PictureEncoding } from './encode-options.ts';
import type { PlanarFormat, Plane, Samples, VideoFrame } from './frame.ts';
import { planeSizes } from './planar-formats.ts';

function samplesFor(format: PlanarFormat, count: number): Samples {
  return format.bitDepth > 8 ? new Uint16Array(count) : new Uint8Array(count);
}

/** A plane with its last column and row repeated up to a larger size. */
function extendPlane(plane: Plane, width: number, height: number): Samples {
  const data =
    plane.data instanceof Uint16Array ? new Uint16Array(width * height) : new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = Math.min(y, plane.height - 1) * plane.width;
    const row = y * width;
    data.set(plane.data.subarray(from, from + plane.width), row);
    data.fill(plane.data[from + plane.width - 1], row + plane.width, row + width);
  }
  return data;
}

/** The middle of the scale in every sample: no colour. */
function neutralPlane(format: PlanarFormat, width: number, height: number): Samples {
  return samplesFor(format, width * height).fill(1 << (format.bitDepth - 1));
}

/** The bytes behind samples, without copying. */
function bytesOf(samples: Samples): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

/**
 * A frame's samples in the order and size that the carrier announced: nothing is copied unless a column, a row or
 * chroma has to be added.
 */
export function carrierBytes(frame: VideoFrame, encoding: PictureEncoding): Uint8Array[] {
  const { carrierFormat, width, height } = encoding;
  return planeSizes(carrierFormat, width, height).map((size, i) => {
    if (i >= frame.planes.length) return bytesOf(neutralPlane(carrierFormat, size.width, size.height));
    const plane = frame.planes[i];
    const fits = plane.width === size.width && plane.height === size.height;
    return bytesOf(fits ? plane.data : extendPlane(plane, size.width, size.height));
  });
}

import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Plane, Samples } from '../media/frame.ts';

/**
 * Lossless packing of a patch's planes: each sample is replaced by its distance from the mean of its left and upper
 * neighbours, 16-bit distances are folded to small positive numbers and split into low and high bytes, and the lot goes
 * through zstd's fastest level. docs/adr/0005-take-container.md has the measurements behind this choice.
 */
export function packPlanes(planes: readonly Plane[]): Uint8Array {
  const sampleCount = planes.reduce((sum, plane) => sum + plane.data.length, 0);
  const wide = planes[0].data instanceof Uint16Array;
  const residuals = new Uint8Array(wide ? sampleCount * 2 : sampleCount);
  let position = 0;
  for (const plane of planes) {
    if (plane.data.length !== plane.width * plane.height)
      throw new RangeError('plane size and samples differ');
    if (wide) predictWords(plane, residuals, position, sampleCount);
    else predictBytes(plane, residuals.subarray(position, position + plane.data.length));
    position += plane.data.length;
  }
  return zstdCompressSync(residuals, { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
}

/** The size of one plane as `unpackPlanes` needs it. */
export interface PlaneSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Undoes `packPlanes`. @param wide true for 16-bit samples
 * @throws an Error of zlib, or RangeError, when the bytes are damaged
 */
export function unpackPlanes(packed: Uint8Array, sizes: readonly PlaneSize[], wide: boolean): Plane[] {
  const sampleCount = sizes.reduce((sum, size) => sum + size.width * size.height, 0);
  const byteCount = wide ? sampleCount * 2 : sampleCount;
  // The limit keeps a damaged length from asking for all the memory there is.
  const residuals = zstdDecompressSync(packed, { maxOutputLength: Math.max(1, byteCount) });
  if (residuals.length !== byteCount) throw new RangeError('packed planes have the wrong length');
  let position = 0;
  return sizes.map(({ width, height }) => {
    const count = width * height;
    const data: Samples = wide
      ? restoreWords(residuals, position, sampleCount, { width, height })
      : restoreBytes(residuals.subarray(position, position + count), width);
    position += count;
    return { data, width, height };
  });
}

/*
 * The four loops below are the same filter for two widths, forwards and backwards. They stay apart because a shared
 * one that sees both array types is several times slower.
 */

function predictBytes(plane: Plane, out: Uint8Array): void {
  const { data, width } = plane;
  let left = 128;
  for (let i = 0; i < width && i < data.length; i++) {
    out[i] = data[i] - left;
    left = data[i];
  }
  for (let row = width; row < data.length; row += width) {
    left = data[row - width];
    for (let i = row; i < row + width; i++) {
      const sample = data[i];
      out[i] = sample - ((left + data[i - width]) >> 1);
      left = sample;
    }
  }
}

function restoreBytes(residuals: Uint8Array, width: number): Uint8Array {
  const out = new Uint8Array(residuals.length);
  let left = 128;
  for (let i = 0; i < width && i < out.length; i++) {
    left = (residuals[i] + left) & 0xff;
    out[i] = left;
  }
  for (let row = width; row < out.length; row += width) {
    left = out[row - width];
    for (let i = row; i < row + width; i++) {
      left = (residuals[i] + ((left + out[i - width]) >> 1)) & 0xff;
      out[i] = left;
    }
  }
  return out;
}

function predictWords(plane: Plane, out: Uint8Array, at: number, highAt: number): void {
  const { data, width } = plane;
  let left = 0;
  for (let i = 0; i < data.length; i++) {
    const column = i % width;
    if (column === 0 && i > 0) left = data[i - width];
    const expected = i < width ? left : (left + data[i - width]) >> 1;
    const distance = ((data[i] - expected) << 16) >> 16;
    const folded = (distance << 1) ^ (distance >> 31);
    out[at + i] = folded;
    out[highAt + at + i] = folded >> 8;
    left = data[i];
  }
}

function restoreWords(packed: Uint8Array, at: number, highAt: number, size: PlaneSize): Uint16Array {
  const { width, height } = size;
  const out = new Uint16Array(width * height);
  let left = 0;
  for (let i = 0; i < out.length; i++) {
    if (i % width === 0 && i > 0) left = out[i - width];
    const expected = i < width ? left : (left + out[i - width]) >> 1;
    const folded = packed[at + i] | (packed[highAt + at + i] << 8);
    left = (expected + ((folded >> 1) ^ -(folded & 1))) & 0xffff;
    out[i] = left;
  }
  return out;
}

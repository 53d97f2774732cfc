import type { PixelBox, PlanarFormat, Plane, Samples } from '../media/frame.ts';

/** log2 of a plane's subsampling. */
export interface PlaneShift {
  readonly x: 0 | 1 | 2;
  readonly y: 0 | 1 | 2;
}

/** How much smaller than the picture plane `index` is: only the two chroma planes of `yuv` are. */
export function planeShiftOf(format: PlanarFormat, index: number): PlaneShift {
  return format.model === 'yuv' && (index === 1 || index === 2)
    ? { x: format.chromaShiftX, y: format.chromaShiftY }
    : { x: 0, y: 0 };
}

/**
 * The smallest box on the chroma grid around `box`, inside a picture of this size. A picture whose size is no multiple
 * of the grid keeps its last odd column or row out of reach, so that no chroma sample is cut in two.
 */
export function boxOnChromaGrid(
  box: PixelBox,
  format: PlanarFormat,
  picture: { readonly width: number; readonly height: number },
): PixelBox {
  const stepX = format.model === 'yuv' ? 1 << format.chromaShiftX : 1;
  const stepY = format.model === 'yuv' ? 1 << format.chromaShiftY : 1;
  const x = Math.max(0, Math.floor(box.x / stepX) * stepX);
  const y = Math.max(0, Math.floor(box.y / stepY) * stepY);
  const right = Math.min(
    Math.floor(picture.width / stepX) * stepX,
    Math.ceil((box.x + box.width) / stepX) * stepX,
  );
  const bottom = Math.min(
    Math.floor(picture.height / stepY) * stepY,
    Math.ceil((box.y + box.height) / stepY) * stepY,
  );
  return { x, y, width: Math.max(0, right - x), height: Math.max(0, bottom - y) };
}

/** A copy of part of a plane; `box` is in the plane's own samples and lies inside it. */
export function copyOfPlane(plane: Plane, box: PixelBox): Plane {
  const { width, height } = box;
  const data: Samples =
    plane.data instanceof Uint8Array ? new Uint8Array(width * height) : new Uint16Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (box.y + row) * plane.width + box.x;
    data.set(plane.data.subarray(from, from + width), row * width);
  }
  return { data, width, height };
}

/** A box of the picture in the samples of a plane with this subsampling; `box` lies on the chroma grid. */
export function boxInPlane(box: PixelBox, shift: PlaneShift): PixelBox {
  return {
    x: box.x >> shift.x,
    y: box.y >> shift.y,
    width: box.width >> shift.x,
    height: box.height >> shift.y,
  };
}

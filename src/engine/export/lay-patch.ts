import type { Patch, Plane, VideoFrame } from '../media/frame.ts';
import { planeSizes } from '../media/planar-formats.ts';
import { planeShiftOf } from '../pixels/plane-geometry.ts';

function planesMatch({ format, planes }: VideoFrame, patch: Patch): boolean {
  const sizes = planeSizes(format, patch.box.width, patch.box.height);
  return (
    patch.planes.length === planes.length &&
    patch.planes.every(
      ({ data, width, height }, i) =>
        width === sizes[i].width &&
        height === sizes[i].height &&
        data.BYTES_PER_ELEMENT === planes[i].data.BYTES_PER_ELEMENT,
    )
  );
}

function assertFits(frame: VideoFrame, patch: Patch): void {
  const { x, y, width, height } = patch.box;
  const { chromaShiftX, chromaShiftY } = frame.format;
  const inside = x >= 0 && y >= 0 && x + width <= frame.width && y + height <= frame.height;
  const onGrid = [x, width].every((value) => value % (1 << chromaShiftX) === 0);
  const onRows = [y, height].every((value) => value % (1 << chromaShiftY) === 0);
  if (!inside || !onGrid || !onRows || !planesMatch(frame, patch)) {
    throw new RangeError(
      `patch ${width}x${height} at ${x},${y} does not fit a frame of ${frame.width}x${frame.height}`,
    );
  }
}

/**
 * Copies a patch over a frame, in place. Samples outside the box keep their bits.
 * @throws RangeError when the box leaves the frame or the chroma grid, or the planes do not match the frame's
 */
export function layPatch(frame: VideoFrame, patch: Patch): void {
  assertFits(frame, patch);
  frame.planes.forEach((target, planeIndex) => {
    const shift = planeShiftOf(frame.format, planeIndex);
    copyRows(target, patch.planes[planeIndex], patch.box.x >> shift.x, patch.box.y >> shift.y);
  });
}

function copyRows(target: Plane, source: Plane, x: number, y: number): void {
  for (let row = 0; row < source.height; row++) {
    const from = row * source.width;
    target.data.set(source.data.subarray(from, from + source.width), (y + row) * target.width + x);
  }
}

import type { PixelBox, VideoFrame } from '../../media/frame.ts';
import { mapOfBox, sampleRgb } from '../../pixels/sample-rgb.ts';
import type { FaceSquare } from './box-trail.ts';

/** Side of the pictures that SyncNet sees. */
export const cropSide = 224;
/** Values of one picture: blue, green and red planes. */
export const cropValues = 3 * cropSide * cropSide;

const cropScale = 0.4;
const paddingValue = 110;
const sampled = new Float32Array(cropValues);

/**
 * The part of a picture that `crop_video` cuts out around a face: from the top of its box to 1.8 half sizes below the
 * centre, 1.4 to either side, in whole pixels. It may reach beyond the picture.
 * @param square with pixel (0, 0) centred at (0, 0)
 */
export function cropBoxOf(
  square: FaceSquare,
  picture: { readonly width: number; readonly height: number },
): PixelBox {
  // Its detector counts from the corner of the first pixel.
  const [centreX, centreY, size] = [square.x + 0.5, square.y + 0.5, square.size];
  const padding = Math.trunc(size * (1 + 2 * cropScale));
  const [x, y] = [centreX + padding, centreY + padding];
  const sliceOf = (from: number, to: number, length: number): readonly [number, number] => {
    const end = Math.min(length + 2 * padding, Math.trunc(to));
    const start = Math.max(0, Math.min(end - 1, Math.trunc(from)));
    return [start - padding, Math.max(1, end - start)];
  };
  const [top, height] = sliceOf(y - size, y + size * (1 + 2 * cropScale), picture.height);
  const [left, width] = sliceOf(x - size * (1 + cropScale), x + size * (1 + cropScale), picture.width);
  return { x: left, y: top, width, height };
}

/**
 * Cuts a face out of a frame as SyncNet wants it: `cropValues` bytes, the blue, the green and the red plane of
 * 224 × 224, scaled bilinearly, 110 where the box leaves the picture. Unlike the reference's pictures they have not
 * been through MPEG-4 and JPEG on their way.
 */
export function cropFace(frame: VideoFrame, box: PixelBox, out: Uint8Array): void {
  const map = mapOfBox(box, { width: cropSide, height: cropSide });
  sampleRgb({ frame, map, width: cropSide, height: cropSide, order: 'bgr', out: sampled });
  const across = insideShares(map.x0, map.xx, frame.width);
  const down = insideShares(map.y0, map.yy, frame.height);
  const plane = cropSide * cropSide;
  for (let i = 0; i < cropValues; i++) {
    const inPlane = i % plane;
    const inside = across[inPlane % cropSide] * down[Math.floor(inPlane / cropSide)];
    out[i] = Math.round(sampled[i] * 255 * inside + paddingValue * (1 - inside));
  }
}

/** How much of each sample along one axis comes from the picture and not from the padding around it, 0 to 1. */
function insideShares(first: number, step: number, length: number): Float32Array {
  return Float32Array.from({ length: cropSide }, (_, i) => {
    const at = first + i * step;
    return Math.max(0, Math.min(1, at + 1, length - at));
  });
}

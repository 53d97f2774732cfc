import type { PixelBox, Plane, VideoFrame } from '../../media/frame.ts';

/** A donor's pixels: the part of its frame around the mouth. */
export interface MouthCrop {
  readonly box: PixelBox;
  readonly planes: readonly Plane[];
}

/** A donor and its share in the picture (shares sum to 1; two donors only where one run fades into the next). */
export interface WeightedCrop {
  readonly crop: MouthCrop;
  readonly share: number;
}

/** Subsampling of a frame's plane: none for luma and alpha. */
export function planeShift(frame: VideoFrame, index: number): { shiftX: number; shiftY: number } {
  const isChroma = frame.format.model === 'yuv' && (index === 1 || index === 2);
  return isChroma
    ? { shiftX: frame.format.chromaShiftX, shiftY: frame.format.chromaShiftY }
    : { shiftX: 0, shiftY: 0 };
}

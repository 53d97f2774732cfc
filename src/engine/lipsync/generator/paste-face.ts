import type { Patch, PixelBox, VideoFrame } from '../../media/frame.ts';
import { blendPlanes } from '../../pixels/blend-planes.ts';
import { planeShiftOf } from '../../pixels/plane-geometry.ts';
import { upsample, type UpsampleRequest } from '../../pixels/upsample.ts';
import type { FaceView } from './face-framing.ts';
import { lowerFaceOf } from './lower-face-mask.ts';
import { planeGridsOf, type RgbGrids } from './plane-grids.ts';
import { addSkinDetail } from './skin-grain.ts';
import { edgeWeights, type SkinMatch } from './skin-match.ts';

interface GridSize {
  readonly width: number;
  readonly height: number;
}

/** A generated face and what it replaces. */
export interface PasteRequest {
  readonly frame: VideoFrame;
  readonly view: FaceView;
  /** The model's answer. */
  readonly generated: RgbGrids;
  /** The whole face as the model was shown it. */
  readonly original: RgbGrids;
  readonly size: GridSize;
  readonly skin: SkinMatch;
}

/**
 * Brings a generated face back to its frame: enlarged by Catmull-Rom, its colours joined to the skin around, the film's
 * grain put back, in the frame's own planes, laid in through the soft lower-face mask. Null when no part of the mask
 * lies in the picture.
 */
export function pasteFace({ frame, view, generated, original, size, skin }: PasteRequest): Patch | null {
  const face = lowerFaceOf(frame, view);
  if (face === null) return null;
  const newGrids = planeGridsOf(frame, generated, original);
  const oldGrids = planeGridsOf(frame, original);
  const matches = skin.follow({
    trackId: view.trackId,
    generated: newGrids,
    original: oldGrids,
    edge: edgeWeights(face.mask, view, size),
    bitDepth: frame.format.bitDepth,
  });
  return blendPlanes(frame, face.mask, (index, box) => {
    const place = placeOnGrid({ frame, view, size, index, box });
    const values = upsample({ ...place, grid: { values: newGrids[index], ...size } });
    const { gain, offset } = matches[index];
    for (let i = 0; i < values.length; i++) values[i] = values[i] * gain + offset;
    if (carriesDetail(frame, index)) {
      const coarse = upsample({ ...place, grid: { values: oldGrids[index], ...size } });
      addSkinDetail(values, { luma: frame.planes[index], coarse, face, frameIndex: frame.index });
    }
    return values;
  });
}

/** Fine detail lives in luma; chroma is no finer than what the model draws. */
function carriesDetail({ format }: VideoFrame, planeIndex: number): boolean {
  return planeIndex === 0 || format.model === 'gbr';
}

/** Where the samples of a plane's box lie on the model's grid; chroma sits as `sampleRgb` takes it. */
function placeOnGrid(request: {
  readonly frame: VideoFrame;
  readonly view: FaceView;
  readonly size: GridSize;
  readonly index: number;
  readonly box: PixelBox;
}): Omit<UpsampleRequest, 'grid'> {
  const { frame, view, size, index, box } = request;
  const shift = planeShiftOf(frame.format, index);
  const acrossX = 1 << shift.x;
  const acrossY = 1 << shift.y;
  const stepX = size.width / view.box.width;
  const stepY = size.height / view.box.height;
  return {
    x0: (box.x * acrossX + 0.5 - view.box.x) * stepX - 0.5,
    y0: ((box.y + 0.5) * acrossY - view.box.y) * stepY - 0.5,
    stepX: stepX * acrossX,
    stepY: stepY * acrossY,
    width: box.width,
    height: box.height,
  };
}

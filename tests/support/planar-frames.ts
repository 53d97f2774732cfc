import type { ColourTags, PlanarFormat, Plane, VideoFrame } from '../../src/engine/media/frame.ts';

/** Formats of every kind that frames come in. */
export const planarFormats = {
  yuv420p: planar('yuv420p', 'yuv', 8, 1, 1),
  yuv422p: planar('yuv422p', 'yuv', 8, 1, 0),
  yuv444p: planar('yuv444p', 'yuv', 8, 0, 0),
  yuv411p: planar('yuv411p', 'yuv', 8, 2, 0),
  yuv420p10le: planar('yuv420p10le', 'yuv', 10, 1, 1),
  yuva444p12le: { ...planar('yuva444p12le', 'yuv', 12, 0, 0), planeCount: 4 as const },
  gbrp: planar('gbrp', 'gbr', 8, 0, 0),
  gray: { ...planar('gray', 'gray', 8, 0, 0), planeCount: 1 as const },
} satisfies Record<string, PlanarFormat>;

function planar(
  name: string,
  model: PlanarFormat['model'],
  bitDepth: number,
  chromaShiftX: 0 | 1 | 2,
  chromaShiftY: 0 | 1 | 2,
): PlanarFormat {
  return { name, model, planeCount: 3, bitDepth, chromaShiftX, chromaShiftY };
}

export const untagged: ColourTags = {
  range: 'unknown',
  space: 'unknown',
  primaries: 'unknown',
  transfer: 'unknown',
};

/** What a made-up frame looks like. */
export interface FrameRecipe {
  readonly format: PlanarFormat;
  readonly width: number;
  readonly height: number;
  readonly index?: number;
  readonly colour?: ColourTags;
  /** Sample value at (x, y) of plane `plane`, in the plane's own samples; rounded and clipped here. */
  readonly value: (plane: number, x: number, y: number) => number;
}

/** A frame made from a formula. */
export function frameOf({ format, width, height, value, ...rest }: FrameRecipe): VideoFrame {
  const planes = Array.from({ length: format.planeCount }, (_, index): Plane => {
    const isChroma = format.model === 'yuv' && (index === 1 || index === 2);
    const planeWidth = isChroma ? Math.ceil(width / (1 << format.chromaShiftX)) : width;
    const planeHeight = isChroma ? Math.ceil(height / (1 << format.chromaShiftY)) : height;
    const count = planeWidth * planeHeight;
    const data = format.bitDepth > 8 ? new Uint16Array(count) : new Uint8Array(count);
    const largest = 2 ** format.bitDepth - 1;
    for (let y = 0; y < planeHeight; y++) {
      for (let x = 0; x < planeWidth; x++) {
        data[y * planeWidth + x] = Math.min(largest, Math.max(0, Math.round(value(index, x, y))));
      }
    }
    return { data, width: planeWidth, height: planeHeight };
  });
  return { index: rest.index ?? 0, format, width, height, planes, colour: rest.colour ?? untagged };
}

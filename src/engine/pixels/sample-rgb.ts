import type { Plane, VideoFrame } from '../media/frame.ts';
import { colourMatrixOf, type ColourMatrix } from './colour-matrix.ts';
import { planeShiftOf } from './plane-geometry.ts';

/**
 * Where an output pixel lies in the picture: (x, y) of the output, counted in whole pixels from its first, lies at
 * (x0 + x·xx + y·xy, y0 + x·yx + y·yy), where pixel (0, 0) of the picture has its centre at (0, 0).
 */
export interface SampleMap {
  readonly x0: number;
  readonly y0: number;
  readonly xx: number;
  readonly xy: number;
  readonly yx: number;
  readonly yy: number;
}

/** The map that shrinks or stretches a box of the picture to an output, as `cv2.resize` aligns pixel centres. */
export function mapOfBox(
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  output: { readonly width: number; readonly height: number },
): SampleMap {
  const xx = box.width / output.width;
  const yy = box.height / output.height;
  return { x0: box.x - 0.5 + xx / 2, y0: box.y - 0.5 + yy / 2, xx, xy: 0, yx: 0, yy };
}

/** What `sampleRgb` makes. */
export interface SampleRgbRequest {
  readonly frame: VideoFrame;
  readonly map: SampleMap;
  readonly width: number;
  readonly height: number;
  /** Order of the three channel planes in `out`. */
  readonly order: 'rgb' | 'bgr';
  /** Receives 3·width·height values from `offset`, channel by channel, 0 (black) to 1 (full). */
  readonly out: Float32Array;
  readonly offset?: number;
}

/**
 * Samples a planar picture of any format bilinearly into RGB floats. Beyond the picture's edge its last pixels go on.
 * Chroma is taken as MPEG-2 and H.264 lay it: level with the left luma column, midway between rows. Values outside
 * 0 … 1, which YUV can hold, are clipped.
 */
export function sampleRgb({ frame, map, width, height, order, out, offset = 0 }: SampleRgbRequest): void {
  const count = width * height;
  const planes: readonly Float32Array[] = [0, 1, 2].map((i) =>
    out.subarray(offset + i * count, offset + (i + 1) * count),
  );
  const [red, green, blue] = order === 'rgb' ? planes : [planes[2], planes[1], planes[0]];
  const matrix = colourMatrixOf(frame);
  const size = { width, height };
  const { format } = frame;
  if (format.model === 'gbr') {
    [green, blue, red].forEach((to, index) => {
      samplePlane({ plane: frame.planes[index], map, size, to });
      for (let i = 0; i < count; i++) to[i] = clip((to[i] - matrix.lumaOffset) / matrix.lumaRange);
    });
    return;
  }
  samplePlane({ plane: frame.planes[0], map, size, to: green });
  if (format.model === 'gray') {
    for (let i = 0; i < count; i++)
      red[i] = green[i] = blue[i] = clip((green[i] - matrix.lumaOffset) / matrix.lumaRange);
    return;
  }
  const chromaMap = mapInChroma(map, planeShiftOf(format, 1));
  samplePlane({ plane: frame.planes[1], map: chromaMap, size, to: blue });
  samplePlane({ plane: frame.planes[2], map: chromaMap, size, to: red });
  toRgb({ red, green, blue }, matrix);
}

/** The same map in samples of a subsampled plane. */
export function mapInChroma(map: SampleMap, shift: { readonly x: number; readonly y: number }): SampleMap {
  const scaleX = 1 / (1 << shift.x);
  const scaleY = 1 / (1 << shift.y);
  return {
    x0: map.x0 * scaleX,
    y0: (map.y0 + 0.5) * scaleY - 0.5,
    xx: map.xx * scaleX,
    xy: map.xy * scaleX,
    yx: map.yx * scaleY,
    yy: map.yy * scaleY,
  };
}

/** In place: green holds luma, blue cb, red cr samples on entry. */
function toRgb(
  { red, green, blue }: { red: Float32Array; green: Float32Array; blue: Float32Array },
  m: ColourMatrix,
): void {
  const lumaScale = 1 / m.lumaRange;
  const chromaScale = 1 / m.chromaRange;
  for (let i = 0; i < green.length; i++) {
    const y = (green[i] - m.lumaOffset) * lumaScale;
    const cb = (blue[i] - m.chromaOffset) * chromaScale;
    const cr = (red[i] - m.chromaOffset) * chromaScale;
    red[i] = clip(y + m.crToRed * cr);
    green[i] = clip(y + m.cbToGreen * cb + m.crToGreen * cr);
    blue[i] = clip(y + m.cbToBlue * cb);
  }
}

function clip(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

/** What `samplePlane` makes. */
export interface SamplePlaneRequest {
  readonly plane: Plane;
  /** In samples of the plane. */
  readonly map: SampleMap;
  readonly size: { readonly width: number; readonly height: number };
  /** Receives width·height sample values, not rounded. */
  readonly to: Float32Array;
}

/** Samples one plane bilinearly; beyond its edge the last samples go on. */
export function samplePlane({ plane, map, size, to }: SamplePlaneRequest): void {
  const { data, width, height } = plane;
  const lastX = width - 1;
  const lastY = height - 1;
  let at = 0;
  for (let row = 0; row < size.height; row++) {
    let sx = map.x0 + row * map.xy;
    let sy = map.y0 + row * map.yy;
    for (let column = 0; column < size.width; column++) {
      const cx = sx < 0 ? 0 : sx > lastX ? lastX : sx;
      const cy = sy < 0 ? 0 : sy > lastY ? lastY : sy;
      const ix = cx | 0;
      const iy = cy | 0;
      const fx = cx - ix;
      const fy = cy - iy;
      const a = iy * width + ix;
      const right = ix < lastX ? 1 : 0;
      const b = iy < lastY ? a + width : a;
      const upper = data[a] + (data[a + right] - data[a]) * fx;
      const lower = data[b] + (data[b + right] - data[b]) * fx;
      to[at++] = upper + (lower - upper) * fy;
      sx += map.xx;
      sy += map.yx;
    }
  }
}

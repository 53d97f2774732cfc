import type { PlanarFormat } from './frame.ts';

type Shift = 0 | 1 | 2;

/** ffmpeg's name of each YUV layout and the log2 of its chroma subsampling. */
const yuvLayouts: Readonly<Record<string, readonly [Shift, Shift]>> = {
  '444p': [0, 0],
  '422p': [1, 0],
  '420p': [1, 1],
  '440p': [0, 1],
  '411p': [2, 0],
  '410p': [2, 2],
};
const deepYuvBits: Readonly<Record<string, readonly number[]>> = {
  '444p': [9, 10, 12, 14, 16],
  '422p': [9, 10, 12, 14, 16],
  '420p': [9, 10, 12, 14, 16],
  '440p': [10, 12],
};
const alphaYuvBits: Readonly<Record<string, readonly number[]>> = {
  '444p': [8, 9, 10, 12, 16],
  '422p': [8, 9, 10, 12, 16],
  '420p': [8, 9, 10, 16],
};

function buildTable(): Map<string, PlanarFormat> {
  const table = new Map<string, PlanarFormat>();
  const add = (
    stem: string,
    bitDepth: number,
    rest: Omit<PlanarFormat, 'name' | 'bitDepth' | 'chromaShiftX' | 'chromaShiftY'>,
    [chromaShiftX, chromaShiftY]: readonly [Shift, Shift] = [0, 0],
  ): void => {
    const name = bitDepth === 8 ? stem : `${stem}${bitDepth}le`;
    table.set(name, { name, bitDepth, ...rest, chromaShiftX, chromaShiftY });
  };
  for (const [layout, shifts] of Object.entries(yuvLayouts)) {
    for (const bits of [8, ...(deepYuvBits[layout] ?? [])])
      add(`yuv${layout}`, bits, { model: 'yuv', planeCount: 3 }, shifts);
    for (const bits of alphaYuvBits[layout] ?? [])
      add(`yuva${layout}`, bits, { model: 'yuv', planeCount: 4 }, shifts);
  }
  for (const bits of [8, 9, 10, 12, 14, 16]) {
    add('gray', bits, { model: 'gray', planeCount: 1 });
    add('gbrp', bits, { model: 'gbr', planeCount: 3 });
  }
  for (const bits of [8, 10, 12, 14, 16]) add('gbrap', bits, { model: 'gbr', planeCount: 4 });
  return table;
}

const planarFormats = buildTable();

/** Packed and semi-planar formats, with the planar one that holds the same samples. Big-endian names are derived. */
const twins = new Map<string, string>([
  ...twinsOf('yuv420p', ['nv12', 'nv21', 'yuvj420p']),
  ...twinsOf('yuv422p', ['nv16', 'yuyv422', 'uyvy422', 'yvyu422', 'yuvj422p']),
  ...twinsOf('yuv444p', ['nv24', 'nv42', 'yuvj444p', 'vuyx', 'vyu444']),
  ...twinsOf('yuv440p', ['yuvj440p']),
  ...twinsOf('yuv411p', ['uyyvyy411', 'yuvj411p']),
  ...twinsOf('yuv420p10le', ['p010le']),
  ...twinsOf('yuv420p12le', ['p012le']),
  ...twinsOf('yuv420p16le', ['p016le']),
  ...twinsOf('yuv422p10le', ['nv20le', 'y210le', 'p210le']),
  ...twinsOf('yuv422p12le', ['y212le', 'p212le']),
  ...twinsOf('yuv422p16le', ['p216le', 'y216le']),
  ...twinsOf('yuv444p10le', ['xv30le', 'v30xle', 'p410le']),
  ...twinsOf('yuv444p12le', ['xv36le', 'p412le']),
  ...twinsOf('yuv444p16le', ['p416le', 'xv48le']),
  ...twinsOf('yuva444p', ['vuya', 'ayuv', 'uyva']),
  ...twinsOf('yuva444p16le', ['ayuv64le']),
  ...twinsOf('gray', ['monow', 'monob', 'gray8']),
  ...twinsOf('gbrp', ['rgb24', 'bgr24', '0rgb', 'rgb0', '0bgr', 'bgr0']),
  ...twinsOf('gbrp', ['rgb565le', 'rgb555le', 'rgb444le', 'bgr565le', 'bgr555le', 'bgr444le']),
  ...twinsOf('gbrp', ['rgb8', 'bgr8', 'rgb4', 'bgr4', 'rgb4_byte', 'bgr4_byte']),
  ...twinsOf('gbrap', ['argb', 'rgba', 'abgr', 'bgra', 'pal8', 'ya8', 'gray8a']),
  ...twinsOf('gbrp10le', ['x2rgb10le', 'x2bgr10le']),
  ...twinsOf('gbrp16le', ['rgb48le', 'bgr48le', 'xyz12le', 'gbrpf32le', 'rgbf32le', 'gbrpf16le']),
  ...twinsOf('gbrap16le', ['rgba64le', 'bgra64le', 'ya16le', 'gbrapf32le', 'rgbaf32le', 'rgbaf16le']),
  ...twinsOf('gray16le', ['grayf32le', 'grayf16le']),
]);

function twinsOf(planar: string, others: readonly string[]): [string, string][] {
  return others.map((other) => [other, planar]);
}

/** Every planar format frames may be in. */
export function allPlanarFormats(): readonly PlanarFormat[] {
  return [...planarFormats.values()];
}

/** The planar format of exactly this name, or null. */
export function planarFormatNamed(name: string): PlanarFormat | null {
  return planarFormats.get(name) ?? null;
}

/**
 * The planar format that holds the same samples as any of ffmpeg's formats: nv12 → yuv420p, rgb24 → gbrp,
 * yuvj420p → yuv420p (its full range stays in the colour tags), big-endian → little-endian. Formats without an equal
 * (floats, XYZ, Bayer) get the nearest of 16 bits, unknown ones 16-bit 4:4:4.
 */
export function planarTwin(pixelFormat: string): PlanarFormat {
  const littleEndian = pixelFormat.replace(/be$/, 'le');
  const nearest = littleEndian.startsWith('bayer_') ? 'gbrp16le' : 'yuv444p16le';
  const name = planarFormats.has(littleEndian) ? littleEndian : (twins.get(littleEndian) ?? nearest);
  const format = planarFormats.get(name);
  if (format === undefined) throw new Error(`no planar format for ${pixelFormat}`);
  return format;
}

/**
 * What to ask of ffmpeg so that a source's samples arrive unchanged in the planar twin: `yuvj…` stays itself, because
 * asking it for the plain name makes ffmpeg squeeze full range into limited range.
 */
export function decodePixelFormat(pixelFormat: string): string {
  return /^yuvj\d+p$/.test(pixelFormat) ? pixelFormat : planarTwin(pixelFormat).name;
}

/** Width and height in samples of each plane; odd sizes round up for chroma. */
export function planeSizes(
  format: PlanarFormat,
  width: number,
  height: number,
): readonly { readonly width: number; readonly height: number }[] {
  const full = { width, height };
  const chroma = {
    width: Math.ceil(width / 2 ** format.chromaShiftX),
    height: Math.ceil(height / 2 ** format.chromaShiftY),
  };
  return [full, chroma, chroma, full].slice(0, format.planeCount);
}

/** Bytes of one frame as ffmpeg's rawvideo writes it. */
export function frameBytes(format: PlanarFormat, width: number, height: number): number {
  const bytesPerSample = format.bitDepth > 8 ? 2 : 1;
  return planeSizes(format, width, height).reduce(
    (sum, plane) => sum + plane.width * plane.height * bytesPerSample,
    0,
  );
}

import { extname } from 'node:path';
import { DubwrightError } from '../../contract/errors.ts';
import type { ColourTags, PlanarFormat } from './frame.ts';

/** Picture codecs that films are written in. */
export type PictureCodec = 'h264' | 'hevc' | 'prores' | 'ffv1';
/** ffmpeg's muxer names. */
export type Container = 'mp4' | 'mov' | 'matroska';

const containers: ReadonlyMap<string, Container> = new Map([
  ['.mp4', 'mp4'],
  ['.m4v', 'mp4'],
  ['.mov', 'mov'],
  ['.mkv', 'matroska'],
]);
const codecsOf: Readonly<Record<Container, readonly PictureCodec[]>> = {
  mp4: ['h264', 'hevc'],
  mov: ['h264', 'hevc', 'prores'],
  matroska: ['h264', 'hevc', 'prores', 'ffv1'],
};

/**
 * The container that a file name asks for.
 * @throws DubwrightError OUTPUT_FORMAT_UNKNOWN when the extension is none of .mp4 .m4v .mov .mkv, or players would
 * not expect the codec inside it
 */
export function containerFor(outPath: string, codec: PictureCodec): Container {
  const extension = extname(outPath).toLowerCase();
  const container = containers.get(extension);
  if (container === undefined || !codecsOf[container].includes(codec)) {
    throw new DubwrightError('OUTPUT_FORMAT_UNKNOWN', { path: outPath, extension, codec });
  }
  return container;
}

/** How a film's pictures go into the encoder. */
export interface PictureEncoding {
  /** What the carrier holds: the film's own format; codecs without gray get chroma, those without alpha none. */
  readonly carrierFormat: PlanarFormat;
  /** Even where the codec wants it; the extra column and row repeat the edge. */
  readonly width: number;
  readonly height: number;
  /** Filter that converts to the encoder's format, or null when nothing needs converting. */
  readonly filter: string | null;
  /** What the carrier says of its colours: a new ffmpeg believes it more than the options. */
  readonly carrierColour: ColourTags;
  /** `-c:v` and what follows. */
  readonly options: readonly string[];
}

const encoderOptions: Readonly<Record<PictureCodec, readonly string[]>> = {
  h264: ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '16'],
  hevc: ['-c:v', 'libx265', '-preset', 'fast', '-crf', '18', '-tag:v', 'hvc1'],
  prores: ['-c:v', 'prores_ks', '-profile:v', '3', '-vendor', 'apl0'],
  ffv1: ['-c:v', 'ffv1', '-g', '1'],
};

/**
 * Version 3 of FFV1 codes a frame in slices, with checksums. Where chroma does not divide evenly, every ffmpeg to date
 * (seen in 2018's and in 9.0) loses the last row or column of chroma between slices, so such sizes get version 1.
 */
function ffv1Options(format: PlanarFormat, width: number, height: number): string[] {
  const divides = width % (1 << format.chromaShiftX) === 0 && height % (1 << format.chromaShiftY) === 0;
  return divides ? ['-level', '3', '-slicecrc', '1'] : ['-level', '1'];
}

/** FFV1 stores 8-bit RGB packed; the samples are the same. */
const packedTwins: ReadonlyMap<string, string> = new Map([
  ['gbrp', 'bgr0'],
  ['gbrap', 'bgra'],
]);

function encoderFormat(codec: PictureCodec, format: PlanarFormat): string {
  if (codec === 'ffv1') return packedTwins.get(format.name) ?? format.name;
  if (codec === 'prores') return 'yuv422p10le';
  return codec === 'hevc' && format.bitDepth > 8 ? 'yuv420p10le' : 'yuv420p';
}

/** Only FFV1 here keeps transparency and gray as they are. */
function carrierFor(codec: PictureCodec, format: PlanarFormat): PlanarFormat {
  if (codec === 'ffv1') return format;
  if (format.model === 'gray') return withChroma(format);
  return format.planeCount === 4 ? withoutAlpha(format) : format;
}

function withoutAlpha(format: PlanarFormat): PlanarFormat {
  const name = format.name.replace(/^yuva/, 'yuv').replace(/^gbrap/, 'gbrp');
  return { ...format, name, planeCount: 3 };
}

function withChroma(format: PlanarFormat): PlanarFormat {
  const depth = format.bitDepth > 8 ? `${format.bitDepth}le` : '';
  return {
    ...format,
    name: `yuv420p${depth}`,
    model: 'yuv',
    planeCount: 3,
    chromaShiftX: 1,
    chromaShiftY: 1,
  };
}

/** swscale turns RGB into BT.601 unless told otherwise, and takes a YUV picture's range for "tv" on one side only. */
function conversionFilter(from: PlanarFormat, to: string, colour: ColourTags): string | null {
  if (from.name === to) return null;
  if (packedTwins.get(from.name) === to) return `format=${to}`;
  if (from.model === 'gbr') return `scale=out_color_matrix=bt709:out_range=tv,format=${to}`;
  const range = colour.range === 'pc' ? 'pc' : 'tv';
  return `scale=in_range=${range}:out_range=${range},format=${to}`;
}

function colourOptions(colour: ColourTags): string[] {
  const tags: [string, string][] = [
    ['-color_range', colour.range],
    ['-colorspace', colour.space],
    ['-color_primaries', colour.primaries],
    ['-color_trc', colour.transfer],
  ];
  return tags.flatMap(([option, value]) => (value === 'unknown' || value === '' ? [] : [option, value]));
}

/** Chooses encoder, sample format, size and colour tags for pictures of the given kind. */
export function pictureEncoding(request: {
  readonly codec: PictureCodec;
  readonly format: PlanarFormat;
  readonly width: number;
  readonly height: number;
  readonly colour: ColourTags;
}): PictureEncoding {
  const { codec, format, width, height } = request;
  const carrierFormat = carrierFor(codec, format);
  const target = encoderFormat(codec, carrierFormat);
  const losesRgb = format.model === 'gbr' && codec !== 'ffv1';
  const colour = losesRgb
    ? {
        range: 'tv',
        space: 'bt709',
        primaries: known(request.colour.primaries),
        transfer: known(request.colour.transfer),
      }
    : request.colour;
  const extra = codec === 'ffv1' ? ffv1Options(format, width, height) : [];
  return {
    carrierFormat,
    width: codec === 'ffv1' ? width : width + (width % 2),
    height: codec === 'ffv1' || codec === 'prores' ? height : height + (height % 2),
    filter: conversionFilter(carrierFormat, target, request.colour),
    carrierColour: losesRgb ? { ...colour, range: 'pc', space: 'gbr' } : colour,
    options: [...encoderOptions[codec], ...extra, '-pix_fmt', target, ...colourOptions(colour)],
  };
}

function known(tag: string): string {
  return tag === 'unknown' || tag === '' ? 'bt709' : tag;
}

import type { Rational } from '../../core/time/rational.ts';
import type { ColourTags, PlanarFormat } from './frame.ts';

/**
 * Raw pictures inside a minimal Matroska stream (RFC 9559, codec V_UNCOMPRESSED): the one carrier that every ffmpeg
 * reads from a pipe with the exact sample format, exact irregular presentation times, the frame rate and the colour
 * tags. The unit of time is the nanosecond, so that a tick of any time base in use (down to 2 ns) is recovered
 * exactly by rounding back; each frame has a cluster of its own, because a block's time is a 16-bit offset into it.
 */
export interface RawStreamShape {
  readonly format: PlanarFormat;
  readonly width: number;
  readonly height: number;
  readonly colour: ColourTags;
  readonly sampleAspectRatio: Rational;
  /** Nominal rate: a hint for the encoder's rate control, never used as a clock. */
  readonly frameRate: Rational;
}

const namedFourccs: ReadonlyMap<string, string> = new Map([
  ['yuv420p', 'I420'],
  ['yuv422p', 'Y42B'],
  ['yuv444p', '444P'],
  ['yuv440p', '440P'],
  ['yuv411p', 'Y41B'],
  ['yuv410p', 'YUV9'],
  ['gray', 'Y800'],
]);
const chromaLetters: ReadonlyMap<string, number> = new Map([
  ['420', 11],
  ['422', 10],
  ['444', 0],
]);
/** Depths that ffmpeg's raw table (libavcodec/raw.c) has held since 2018, by kind of picture. */
const depthsOf: ReadonlyMap<string, readonly number[]> = new Map([
  ['gray', [9, 10, 12, 14, 16]],
  ['yuv', [9, 10, 12, 14, 16]],
  ['yuva', [8, 9, 10, 16]],
  ['gbr', [8, 9, 10, 12, 14, 16]],
  ['gbra', [8, 10, 12, 16]],
]);

/**
 * The four bytes that name a planar format in ffmpeg's raw tables (the scheme of the NUT format: letter, plane
 * count, subsampling, bit depth), or null where a 2018 ffmpeg and a present one do not both know one.
 */
export function rawFourcc(formatName: string): Uint8Array | null {
  const named = namedFourccs.get(formatName);
  if (named !== undefined) return new TextEncoder().encode(named);
  const parts = /^(?<kind>gray|yuva?|gbra?)(?<sampling>420|422|444)?p?(?<depth>\d*)(?:le)?$/.exec(
    formatName,
  )?.groups;
  if (!parts) return null;
  const { kind, sampling, depth: depthText } = parts;
  const depth = depthText === '' ? 8 : Number(depthText);
  const chroma = kind.startsWith('yuv') ? chromaLetters.get(sampling) : 0;
  if (chroma === undefined || !depthsOf.get(kind)?.includes(depth)) return null;
  const letter = kind.startsWith('gbr') ? 'G' : 'Y';
  const planes = kind === 'gray' ? '1' : kind.endsWith('a') ? '4' : '3';
  return Uint8Array.of(letter.charCodeAt(0), planes.charCodeAt(0), chroma, depth);
}

/** Code points of ITU-T H.273, which Matroska's Colour element uses, by ffmpeg's names. */
const matrixCodes: ReadonlyMap<string, number> = new Map([
  ['gbr', 0],
  ['bt709', 1],
  ['fcc', 4],
  ['bt470bg', 5],
  ['smpte170m', 6],
  ['smpte240m', 7],
  ['ycgco', 8],
  ['bt2020nc', 9],
  ['bt2020c', 10],
]);
const primariesCodes: ReadonlyMap<string, number> = new Map([
  ['bt709', 1],
  ['bt470m', 4],
  ['bt470bg', 5],
  ['smpte170m', 6],
  ['smpte240m', 7],
  ['film', 8],
  ['bt2020', 9],
  ['smpte428', 10],
  ['smpte431', 11],
  ['smpte432', 12],
]);
const transferCodes: ReadonlyMap<string, number> = new Map([
  ['bt709', 1],
  ['gamma22', 4],
  ['bt470m', 4],
  ['gamma28', 5],
  ['bt470bg', 5],
  ['smpte170m', 6],
  ['smpte240m', 7],
  ['linear', 8],
  ['iec61966-2-4', 11],
  ['iec61966-2-1', 13],
  ['bt2020-10', 14],
  ['bt2020-12', 15],
  ['smpte2084', 16],
  ['smpte428', 17],
  ['arib-std-b67', 18],
]);
const rangeCodes: ReadonlyMap<string, number> = new Map([
  ['tv', 1],
  ['limited', 1],
  ['pc', 2],
  ['full', 2],
]);

const clusterId = [0x1f, 0x43, 0xb6, 0x75];

function bytesOfInteger(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes.length > 0 ? bytes : [0]);
}

/** An element's size as an 8-byte EBML number: always the same length, so that headers have a known place. */
function sizeField(size: number): Uint8Array {
  const field = new Uint8Array(8);
  new DataView(field.buffer).setBigUint64(0, (1n << 56n) | BigInt(size));
  return field;
}

function element(id: readonly number[], ...content: readonly (Uint8Array | number | string)[]): Uint8Array {
  const parts = content.map((part) =>
    typeof part === 'number'
      ? bytesOfInteger(part)
      : typeof part === 'string'
        ? new TextEncoder().encode(part)
        : part,
  );
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Uint8Array.from(id), sizeField(size), ...parts]);
}

function colourElement(colour: ColourTags): Uint8Array {
  const parts: Uint8Array[] = [];
  const add = (id: number, code: number | undefined) => {
    if (code !== undefined) parts.push(element([0x55, id], code));
  };
  add(0xb1, matrixCodes.get(colour.space));
  add(0xb9, rangeCodes.get(colour.range));
  add(0xba, transferCodes.get(colour.transfer));
  add(0xbb, primariesCodes.get(colour.primaries));
  return parts.length > 0 ? element([0x55, 0xb0], ...parts) : new Uint8Array(0);
}

function videoElement(shape: RawStreamShape, fourcc: Uint8Array): Uint8Array {
  const { num, den } = shape.sampleAspectRatio;
  const display =
    num > 0 && num !== den
      ? [
          element([0x54, 0xb0], shape.width * num),
          element([0x54, 0xba], shape.height * den),
          element([0x54, 0xb2], 3), // DisplayUnit: an aspect ratio
        ]
      : [];
  return element(
    [0xe0],
    element([0xb0], shape.width),
    element([0xba], shape.height),
    ...display,
    element([0x2e, 0xb5, 0x24], fourcc), // UncompressedFourCC
    colourElement(shape.colour),
  );
}

/**
 * Everything that goes before the first frame: EBML header, a segment of unknown length, one video track.
 * @throws RangeError when `rawFourcc` knows no name for the format.
 */
export function rawStreamHeader(shape: RawStreamShape): Uint8Array {
  const fourcc = rawFourcc(shape.format.name);
  if (fourcc === null) throw new RangeError(`no raw carrier for ${shape.format.name}`);
  const ebml = element(
    [0x1a, 0x45, 0xdf, 0xa3],
    element([0x42, 0x82], 'matroska'),
    element([0x42, 0x87], 4), // DocTypeVersion
    element([0x42, 0x85], 2), // DocTypeReadVersion
  );
  const info = element(
    [0x15, 0x49, 0xa9, 0x66],
    element([0x2a, 0xd7, 0xb1], 1), // TimestampScale: 1 ns
    element([0x4d, 0x80], 'dubwright'),
    element([0x57, 0x41], 'dubwright'),
  );
  const frameNs = Math.max(1, Math.round((1e9 * shape.frameRate.den) / shape.frameRate.num));
  const track = element(
    [0xae],
    element([0xd7], 1), // TrackNumber
    element([0x73, 0xc5], 1), // TrackUID
    element([0x83], 1), // TrackType: video
    element([0x9c], 0), // FlagLacing
    element([0x22, 0xb5, 0x9c], 'und'), // Language: English unless said otherwise
    element([0x23, 0xe3, 0x83], frameNs), // DefaultDuration
    element([0x86], 'V_UNCOMPRESSED'),
    videoElement(shape, fourcc),
  );
  const segmentOfUnknownSize = Uint8Array.from([
    0x18,
    0x53,
    0x80,
    0x67,
    0x01,
    ...new Uint8Array(7).fill(0xff),
  ]);
  return Buffer.concat([ebml, segmentOfUnknownSize, info, element([0x16, 0x54, 0xae, 0x6b], track)]);
}

/**
 * What goes before the samples of one frame: a cluster that holds this one frame, with its duration.
 * @param timeNs presentation time, ≥ 0, in nanoseconds from the start of the stream
 * @param durationNs how long the frame is shown, ≥ 1
 * @param byteCount size of the samples that follow
 */
export function rawFrameHeader(timeNs: number, durationNs: number, byteCount: number): Uint8Array {
  const timestamp = element([0xe7], timeNs);
  const duration = element([0x9b], durationNs);
  const blockHead = Uint8Array.from([0xa1, ...sizeField(4 + byteCount), 0x81, 0, 0, 0]);
  const groupHead = Uint8Array.from([0xa0, ...sizeField(duration.length + blockHead.length + byteCount)]);
  const clusterSize = timestamp.length + groupHead.length + duration.length + blockHead.length + byteCount;
  return Buffer.concat([
    Uint8Array.from(clusterId),
    sizeField(clusterSize),
    timestamp,
    groupHead,
    duration,
    blockHead,
  ]);
}

/** A tick of `timeBase` in whole nanoseconds, to the nearest; exact integer arithmetic, good for any length. */
export function ticksToNs(tick: number, timeBase: Rational): number {
  const scaled = BigInt(tick) * BigInt(timeBase.num) * 2_000_000_000n;
  const den = BigInt(timeBase.den);
  return Number((scaled + den) / (2n * den));
}

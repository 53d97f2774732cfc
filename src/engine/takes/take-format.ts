import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { takeSyncSchema } from '../../contract/sync.ts';
import { lipFeatureCount } from '../faces/lip-features.ts';

/*
 * A take file, all numbers little-endian:
 *
 *   magic      8 bytes, the last one is the version: 2; version 1 had no lips, all else is the same
 *   header     u32 length, u32 CRC-32, JSON: what the take is of
 *   records    one packed patch after another (plane-codec.ts)
 *   index      one entry of `indexEntryBytes` per record, in frame order
 *   lips       nothing, or: u32 CRC-32 of what follows, `lipFeatureCount` f32 per record; NaN where they are not known
 *   footer     JSON: the outcome
 *   trailer    `trailerBytes`: where index, lips and footer lie, CRC-32 of index and footer, end magic
 *
 * Whoever finds no valid trailer has a file that was never finished.
 */
export const takeMagic = Buffer.from('DWTAKE\0\u0002', 'latin1');
/** Version 1 can still be read. */
export const olderTakeMagic = Buffer.from('DWTAKE\0\u0001', 'latin1');
export const endMagic = Buffer.from('DWEND\0\0\u0001', 'latin1');
export const indexEntryBytes = 40;
export const trailerBytes = 32;

const rationalShape = z.object({ num: z.number(), den: z.number().positive() });
const shift = z.union([z.literal(0), z.literal(1), z.literal(2)]);
const formatShape = z.object({
  name: z.string(),
  model: z.enum(['yuv', 'gray', 'gbr']),
  planeCount: z.union([z.literal(1), z.literal(3), z.literal(4)]),
  bitDepth: z.number().int().min(1).max(16),
  chromaShiftX: shift,
  chromaShiftY: shift,
});

/** What stands in front of the patches. */
export const takeHeaderShape = z.object({
  key: z.string(),
  startFrame: z.number().int().nonnegative(),
  endFrame: z.number().int().nonnegative(),
  format: formatShape,
  timeBase: rationalShape,
});

/** What is known of the segment; mirrors `ScoredOutcome`. */
export const takeOutcomeShape = z.object({
  patchedFrames: z.number(),
  framesWithoutFace: z.number(),
  notes: z.array(z.string()),
  stageMs: z.record(z.string(), z.number()),
  /** Left out by version 1. */
  sync: takeSyncSchema.nullable().default(null),
});

/** Where one patch lies, in the frame and in the file. */
export interface TakeIndexEntry {
  readonly frameIndex: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly offset: number;
  readonly byteCount: number;
  readonly checksum: number;
}

/** One index entry as bytes. */
export function encodeIndexEntry(entry: TakeIndexEntry): Uint8Array {
  const bytes = Buffer.alloc(indexEntryBytes);
  bytes.writeDoubleLE(entry.offset, 0);
  [entry.frameIndex, entry.x, entry.y, entry.width, entry.height, entry.byteCount, entry.checksum].forEach(
    (value, i) => bytes.writeUInt32LE(value, 8 + 4 * i),
  );
  return bytes;
}

/** Reads the entry that `encodeIndexEntry` wrote at position `at` of the index. */
export function decodeIndexEntry(index: Buffer, at: number): TakeIndexEntry {
  const base = at * indexEntryBytes;
  const word = (i: number) => index.readUInt32LE(base + 8 + 4 * i);
  return {
    offset: index.readDoubleLE(base),
    frameIndex: word(0),
    x: word(1),
    y: word(2),
    width: word(3),
    height: word(4),
    byteCount: word(5),
    checksum: word(6),
  };
}

/** Bytes of one frame's lips. */
export const lipsEntryBytes = 4 * lipFeatureCount;

/** One frame's lips as bytes; all NaN where they are not known. */
export function encodeLips(lips: Float32Array | undefined): Buffer {
  const bytes = Buffer.alloc(lipsEntryBytes);
  for (let i = 0; i < lipFeatureCount; i++) bytes.writeFloatLE(lips?.[i] ?? NaN, 4 * i);
  return bytes;
}

/** The lips of a take's records in order, under their checksum. */
export function encodeLipsSection(entries: readonly Buffer[]): Buffer {
  const rows = Buffer.concat(entries);
  const lead = Buffer.alloc(4);
  lead.writeUInt32LE(crc32(rows));
  return Buffer.concat([lead, rows]);
}

/**
 * The rows of a lips section; null for an empty one.
 * @throws RangeError when it is damaged or not of `recordCount` rows
 */
export function decodeLipsSection(section: Buffer, recordCount: number): readonly Float32Array[] | null {
  if (section.length === 0) return null;
  const rows = section.subarray(4);
  if (rows.length !== recordCount * lipsEntryBytes || crc32(rows) !== section.readUInt32LE(0)) {
    throw new RangeError('the lips are damaged');
  }
  return Array.from({ length: recordCount }, (_, record) =>
    Float32Array.from({ length: lipFeatureCount }, (_value, i) =>
      rows.readFloatLE(record * lipsEntryBytes + 4 * i),
    ),
  );
}

/** What the last bytes of a take say. */
export interface TakeTrailer {
  readonly indexOffset: number;
  readonly indexBytes: number;
  /** Between index and footer; 0 for a take without lips. */
  readonly lipsBytes: number;
  readonly footerBytes: number;
  /** Of index and footer. */
  readonly checksum: number;
}

/** The trailer as bytes. */
export function encodeTrailer(trailer: TakeTrailer): Uint8Array {
  const bytes = Buffer.alloc(trailerBytes);
  bytes.writeDoubleLE(trailer.indexOffset, 0);
  bytes.writeUInt32LE(trailer.indexBytes, 8);
  bytes.writeUInt32LE(trailer.footerBytes, 12);
  bytes.writeUInt32LE(trailer.checksum, 16);
  bytes.writeUInt32LE(trailer.lipsBytes, 20);
  endMagic.copy(bytes, 24);
  return bytes;
}

/** The trailer in the last `trailerBytes` of a file, or null when the file does not end in one. */
export function decodeTrailer(bytes: Buffer): TakeTrailer | null {
  if (bytes.length !== trailerBytes || !bytes.subarray(24).equals(endMagic)) return null;
  return {
    indexOffset: bytes.readDoubleLE(0),
    indexBytes: bytes.readUInt32LE(8),
    footerBytes: bytes.readUInt32LE(12),
    checksum: bytes.readUInt32LE(16),
    lipsBytes: bytes.readUInt32LE(20),
  };
}

/** Length, checksum and text of a header. */
export function encodeHeader(header: z.infer<typeof takeHeaderShape>): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const lead = Buffer.alloc(8);
  lead.writeUInt32LE(text.length, 0);
  lead.writeUInt32LE(crc32(text), 4);
  return Buffer.concat([takeMagic, lead, text]);
}

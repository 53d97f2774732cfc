import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { DubwrightError } from '../../contract/errors.ts';
import type { Rational } from '../../core/time/rational.ts';
import type { ScoredOutcome } from '../lipsync/types.ts';
import type { Patch, PlanarFormat } from '../media/frame.ts';
import { planeSizes } from '../media/planar-formats.ts';
import { unpackPlanes } from './plane-codec.ts';
import type { TakeIndexEntry } from './take-format.ts';
import {
  decodeIndexEntry,
  decodeLipsSection,
  decodeTrailer,
  indexEntryBytes,
  olderTakeMagic,
  takeHeaderShape,
  takeMagic,
  takeOutcomeShape,
  trailerBytes,
} from './take-format.ts';

/** A finished take without its pixels. */
export interface TakeInfo {
  readonly key: string;
  readonly startFrame: number;
  /** exclusive */
  readonly endFrame: number;
  readonly format: PlanarFormat;
  readonly timeBase: Rational;
  readonly outcome: ScoredOutcome;
  readonly patchCount: number;
  readonly sizeBytes: number;
}

/** An open take: its patches in frame order, or any one of them. */
export interface TakeReader extends AsyncIterable<Patch> {
  readonly info: TakeInfo;
  /**
   * The patch of a frame, or null where the take has none. Fresh buffers; cheapest in frame order.
   * @throws DubwrightError FILE_NOT_READABLE when the patch is damaged
   */
  patchAt(frameIndex: number): Promise<Patch | null>;
  /**
   * The lips that the patches show, `lipFeatureCount` numbers by frame; null when the take does not tell. Frames
   * whose lips are not known are left out.
   * @throws DubwrightError FILE_NOT_READABLE when they are damaged
   */
  readLips(): Promise<ReadonlyMap<number, Float32Array> | null>;
  close(): Promise<void>;
}

/** Thrown inside while a take is opened; says what is wrong with it. */
function damaged(takePath: string, reason: string, cause?: unknown): DubwrightError {
  return new DubwrightError('FILE_NOT_READABLE', { path: takePath, reason }, { cause });
}

async function readExactly(file: FileHandle, position: number, byteCount: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(byteCount);
  let read = 0;
  while (read < byteCount) {
    const { bytesRead } = await file.read(bytes, read, byteCount - read, position + read);
    if (bytesRead === 0) throw new RangeError('the file ends too early');
    read += bytesRead;
  }
  return bytes;
}

async function readHeader(file: FileHandle, sizeBytes: number) {
  const lead = await readExactly(file, 0, takeMagic.length + 8);
  const magic = lead.subarray(0, takeMagic.length);
  if (!magic.equals(takeMagic) && !magic.equals(olderTakeMagic))
    throw new RangeError('not a take of this version');
  const length = lead.readUInt32LE(takeMagic.length);
  if (length > sizeBytes) throw new RangeError('the header leaves the file');
  const text = await readExactly(file, lead.length, length);
  if (crc32(text) !== lead.readUInt32LE(takeMagic.length + 4)) throw new RangeError('the header is damaged');
  return takeHeaderShape.parse(JSON.parse(text.toString()));
}

async function readIndex(file: FileHandle, sizeBytes: number) {
  const trailer = decodeTrailer(await readExactly(file, Math.max(0, sizeBytes - trailerBytes), trailerBytes));
  if (trailer === null) throw new RangeError('the take was never finished');
  const { indexOffset, indexBytes, lipsBytes, footerBytes } = trailer;
  const lipsOffset = indexOffset + indexBytes;
  const footerOffset = lipsOffset + lipsBytes;
  if (footerOffset + footerBytes + trailerBytes !== sizeBytes || indexBytes % indexEntryBytes !== 0) {
    throw new RangeError('the take has lost bytes');
  }
  const index = await readExactly(file, indexOffset, indexBytes);
  const footer = await readExactly(file, footerOffset, footerBytes);
  if (crc32(footer, crc32(index)) !== trailer.checksum) throw new RangeError('the index is damaged');
  const outcome = takeOutcomeShape.parse(JSON.parse(footer.toString()));
  return { index, outcome, lips: { offset: lipsOffset, byteCount: lipsBytes } };
}

/** What was read when a take was opened. */
interface TakeParts {
  readonly info: TakeInfo;
  readonly index: Buffer;
  /** Where the lips lie. */
  readonly lips: { readonly offset: number; readonly byteCount: number };
}

class OpenTakeFile implements TakeReader {
  readonly info: TakeInfo;
  readonly #takePath: string;
  readonly #file: FileHandle;
  readonly #index: Buffer;
  readonly #lips: TakeParts['lips'];
  /** Position of the last patch handed out: the next one asked for is nearly always the one after it. */
  #cursor = -1;

  constructor(takePath: string, file: FileHandle, parts: TakeParts) {
    this.#takePath = takePath;
    this.#file = file;
    this.info = parts.info;
    this.#index = parts.index;
    this.#lips = parts.lips;
  }

  async patchAt(frameIndex: number): Promise<Patch | null> {
    const at = this.#find(frameIndex);
    if (at === null) return null;
    this.#cursor = at;
    return await this.#read(decodeIndexEntry(this.#index, at));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Patch> {
    for (let at = 0; at < this.info.patchCount; at++)
      yield await this.#read(decodeIndexEntry(this.#index, at));
  }

  async readLips(): Promise<ReadonlyMap<number, Float32Array> | null> {
    const { byteCount, offset } = this.#lips;
    try {
      const section = await readExactly(this.#file, offset, byteCount);
      const rows = decodeLipsSection(section, this.info.patchCount);
      const known = rows?.flatMap((lips, at): [number, Float32Array][] =>
        Number.isNaN(lips[0]) ? [] : [[this.#frameAt(at), lips]],
      );
      return known === undefined ? null : new Map(known);
    } catch (thrown) {
      throw damaged(this.#takePath, 'its lips are damaged', thrown);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #frameAt(at: number): number {
    return this.#index.readUInt32LE(at * indexEntryBytes + 8);
  }

  #find(frameIndex: number): number | null {
    const next = this.#cursor + 1;
    if (next < this.info.patchCount && this.#frameAt(next) === frameIndex) return next;
    let [low, high] = [0, this.info.patchCount];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#frameAt(middle) < frameIndex) low = middle + 1;
      else high = middle;
    }
    return low < this.info.patchCount && this.#frameAt(low) === frameIndex ? low : null;
  }

  async #read(entry: TakeIndexEntry): Promise<Patch> {
    const { frameIndex, x, y, width, height } = entry;
    const { format } = this.info;
    try {
      const packed = await readExactly(this.#file, entry.offset, entry.byteCount);
      if (crc32(packed) !== entry.checksum) throw new RangeError('checksum');
      const planes = unpackPlanes(packed, planeSizes(format, width, height), format.bitDepth > 8);
      return { frameIndex, box: { x, y, width, height }, planes };
    } catch (thrown) {
      throw damaged(this.#takePath, `frame ${frameIndex} is damaged`, thrown);
    }
  }
}

/**
 * Opens a finished take. Its header, index and length are checked here, each patch when it is read.
 * @throws DubwrightError FILE_NOT_FOUND, FILE_NOT_READABLE (unfinished, damaged or of another version)
 */
export async function openTakeReader(takePath: string): Promise<TakeReader> {
  const file = await open(takePath, 'r').catch((thrown: unknown) => {
    const missing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    throw missing
      ? new DubwrightError('FILE_NOT_FOUND', { path: takePath })
      : damaged(takePath, 'cannot be opened', thrown);
  });
  try {
    const { size } = await file.stat();
    const header = await readHeader(file, size);
    const { index, lips, outcome } = await readIndex(file, size);
    const info = { ...header, outcome, patchCount: index.length / indexEntryBytes, sizeBytes: size };
    return new OpenTakeFile(takePath, file, { info, index, lips });
  } catch (thrown) {
    await file.close();
    throw damaged(takePath, thrown instanceof Error ? thrown.message : 'damaged', thrown);
  }
}

/** What a take holds, or null when there is no complete, undamaged take of this version at the path. Reads no pixels. */
export async function readTakeInfo(takePath: string): Promise<TakeInfo | null> {
  try {
    const reader = await openTakeReader(takePath);
    await reader.close();
    return reader.info;
  } catch (thrown) {
    if (thrown instanceof DubwrightError) return null;
    throw thrown;
  }
}

/** True when every patch of the take can be read: the thorough look that costs one pass over the file. */
export async function takeIsIntact(takePath: string): Promise<boolean> {
  try {
    const reader = await openTakeReader(takePath);
    try {
      for await (const patch of reader) if (patch.planes.length === 0) return false;
      return true;
    } finally {
      await reader.close();
    }
  } catch (thrown) {
    if (thrown instanceof DubwrightError) return false;
    throw thrown;
  }
}

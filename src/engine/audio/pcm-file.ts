import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DubwrightError } from '../../contract/errors.ts';
import type { PcmReader } from '../lipsync/types.ts';

const sampleRateHz = 16_000;
const bytesPerSample = 4;
/** Samples read from disk at once: about four seconds. Neighbouring windows overlap, so most reads hit this block. */
const blockSamples = 1 << 16;

/**
 * Opens a file of float32 mono samples at 16 kHz, as `decodePcmFile` writes it. Memory stays at one block (256 KB)
 * whatever the length; the samples handed out are the caller's own.
 * @throws DubwrightError FILE_NOT_FOUND, FILE_NOT_READABLE
 */
export function openPcmFile(path: string): PcmReader {
  const file = openOrThrow(path);
  const sampleCount = Math.floor(fstatSync(file).size / bytesPerSample);
  const block = new Float32Array(Math.min(blockSamples, Math.max(1, sampleCount)));
  let blockStart = 0;
  let blockLength = 0;
  let isOpen = true;

  /** Fills `into` with samples from `start` that are known to be inside the file. */
  const readFromDisk = (into: Float32Array, start: number): void => {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    let done = 0;
    while (done < bytes.length) {
      const got = readSync(file, bytes, done, bytes.length - done, start * bytesPerSample + done);
      if (got === 0)
        throw new DubwrightError('FILE_NOT_READABLE', { path, reason: 'shortened while in use' });
      done += got;
    }
  };
  const copyInside = (into: Float32Array, start: number): void => {
    if (into.length > block.length) {
      readFromDisk(into, start);
      return;
    }
    if (start < blockStart || start + into.length > blockStart + blockLength) {
      blockLength = 0;
      const length = Math.min(block.length, sampleCount - start);
      readFromDisk(block.subarray(0, length), start);
      [blockStart, blockLength] = [start, length];
    }
    into.set(block.subarray(start - blockStart, start - blockStart + into.length));
  };
  return {
    sampleRateHz,
    sampleCount,
    read(start, count) {
      if (!isOpen) throw new Error('this sound has been closed');
      return readWithSilence({ start, count, sampleCount, copyInside });
    },
    close() {
      if (isOpen) closeSync(file);
      isOpen = false;
    },
  };
}

/**
 * A stretch of a sound as a sound of its own: silent outside, sharing the other's data. It may reach beyond either end
 * of the other. Closing it leaves the other open.
 */
export function slicePcm(reader: PcmReader, startSample: number, count: number): PcmReader {
  return {
    sampleRateHz: reader.sampleRateHz,
    sampleCount: count,
    read: (start, wanted) =>
      readWithSilence({
        start,
        count: wanted,
        sampleCount: count,
        copyInside: (into, inside) => into.set(reader.read(startSample + inside, into.length)),
      }),
    close: () => undefined,
  };
}

/** A sound that is already in memory: 16 kHz mono, -1 to 1. */
export function pcmFromArray(samples: Float32Array): PcmReader {
  return {
    sampleRateHz,
    sampleCount: samples.length,
    read: (start, count) =>
      readWithSilence({
        start,
        count,
        sampleCount: samples.length,
        copyInside: (into, inside) => into.set(samples.subarray(inside, inside + into.length)),
      }),
    close: () => undefined,
  };
}

/** A window that may hang over both ends of a sound; `copyInside` is asked only for what exists. */
function readWithSilence(request: {
  readonly start: number;
  readonly count: number;
  readonly sampleCount: number;
  readonly copyInside: (into: Float32Array, start: number) => void;
}): Float32Array {
  const { start, count, sampleCount, copyInside } = request;
  if (!Number.isInteger(start) || !Number.isInteger(count) || count < 0) {
    throw new RangeError(`not a stretch of samples: ${count} from ${start}`);
  }
  const out = new Float32Array(count);
  const first = Math.max(0, start);
  const end = Math.min(sampleCount, start + count);
  if (end > first) copyInside(out.subarray(first - start, end - start), first);
  return out;
}

function openOrThrow(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new DubwrightError(isMissing ? 'FILE_NOT_FOUND' : 'FILE_NOT_READABLE', { path }, { cause: error });
  }
}

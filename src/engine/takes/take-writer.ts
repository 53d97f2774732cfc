import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { DubwrightError } from '../../contract/errors.ts';
import type { Rational } from '../../core/time/rational.ts';
import { lipFeatureCount } from '../faces/lip-features.ts';
import type { ScoredOutcome } from '../lipsync/types.ts';
import type { Patch, PlanarFormat } from '../media/frame.ts';
import { commitFile, discard, temporaryPathBeside, toOutputError } from '../media/output-file.ts';
import { planeSizes } from '../media/planar-formats.ts';
import { packPlanes } from './plane-codec.ts';
import {
  encodeHeader,
  encodeIndexEntry,
  encodeLips,
  encodeLipsSection,
  encodeTrailer,
} from './take-format.ts';

/** What a take is of. */
export interface TakeTarget {
  /** Where the finished take appears, complete or not at all; an older take there is replaced. */
  readonly takePath: string;
  /** The take's frames on the film's grid; `endFrame` is exclusive. */
  readonly startFrame: number;
  readonly endFrame: number;
  readonly format: PlanarFormat;
  readonly timeBase: Rational;
  /** Everything the pixels depend on, folded into one string. */
  readonly key: string;
  readonly signal?: AbortSignal;
}

/** A take being made. */
export interface TakeWriter {
  /**
   * Adds the next patch; frames must rise and lie inside the range. `lips` are the `lipFeatureCount` numbers of the
   * mouth it shows, where they are known. Both may be reused afterwards.
   */
  add(patch: Patch, lips?: Float32Array): Promise<void>;
  /** Closes the take and gives it its name. */
  finish(outcome: ScoredOutcome): Promise<void>;
  /** Deletes what was written; harmless after `finish`. */
  abort(): Promise<void>;
}

/** Small patches are gathered before they go to disk. */
const flushBytes = 1 << 18;

class OpenTake implements TakeWriter {
  readonly #target: TakeTarget;
  readonly #temporaryPath: string;
  readonly #file: FileHandle;
  readonly #index: Uint8Array[] = [];
  readonly #lips: Buffer[] = [];
  #knowsLips = false;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #offset = 0;
  #lastFrame: number;
  #done = false;

  constructor(target: TakeTarget, temporaryPath: string, file: FileHandle) {
    this.#target = target;
    this.#temporaryPath = temporaryPath;
    this.#file = file;
    this.#lastFrame = target.startFrame - 1;
    const { key, startFrame, endFrame, format, timeBase } = target;
    this.#append(encodeHeader({ key, startFrame, endFrame, format: { ...format }, timeBase }));
  }

  async add(patch: Patch, lips?: Float32Array): Promise<void> {
    await this.#orAbort(async () => {
      this.#check(patch, lips);
      const packed = packPlanes(patch.planes);
      const { frameIndex, box } = patch;
      const entry = { frameIndex, ...box, offset: this.#offset, byteCount: packed.length };
      this.#index.push(encodeIndexEntry({ ...entry, checksum: crc32(packed) }));
      this.#lips.push(encodeLips(lips));
      this.#knowsLips ||= lips !== undefined;
      this.#lastFrame = frameIndex;
      this.#append(packed);
      if (this.#pendingBytes >= flushBytes) await this.#flush();
    });
  }

  async finish(outcome: ScoredOutcome): Promise<void> {
    await this.#orAbort(async () => {
      const index = Buffer.concat(this.#index);
      const lips = this.#knowsLips ? encodeLipsSection(this.#lips) : Buffer.alloc(0);
      const footer = Buffer.from(JSON.stringify(outcome));
      const trailer = {
        indexOffset: this.#offset,
        indexBytes: index.length,
        lipsBytes: lips.length,
        footerBytes: footer.length,
        checksum: crc32(footer, crc32(index)),
      };
      [index, lips, footer, encodeTrailer(trailer)].forEach((part) => this.#append(part));
      await this.#flush();
      // A take that survives a power cut only in part would be found out by its checksums, but rendered again.
      await this.#file.datasync();
      this.#done = true;
      await this.#file.close();
      await commitFile(this.#temporaryPath, this.#target.takePath, true);
    });
  }

  async abort(): Promise<void> {
    if (this.#done) return;
    this.#done = true;
    await this.#file.close().catch(() => undefined);
    await discard(this.#temporaryPath);
  }

  #check(patch: Patch, lips: Float32Array | undefined): void {
    const { startFrame, endFrame, format } = this.#target;
    const { frameIndex, box, planes } = patch;
    if (this.#done) throw new RangeError('the take is closed');
    if (frameIndex <= this.#lastFrame || frameIndex >= endFrame) {
      throw new RangeError(
        `patch of frame ${frameIndex} after ${this.#lastFrame} in [${startFrame}, ${endFrame})`,
      );
    }
    if (lips !== undefined && lips.length !== lipFeatureCount) {
      throw new RangeError(`lips of frame ${frameIndex} are ${lips.length} numbers`);
    }
    const sizes = planeSizes(format, box.width, box.height);
    const matches = sizes.every(
      (size, i) => planes[i]?.width === size.width && planes[i].height === size.height,
    );
    const wide = format.bitDepth > 8;
    if (!matches || planes.some((plane) => plane.data instanceof Uint16Array !== wide)) {
      throw new RangeError(`patch of frame ${frameIndex} is not ${format.name}`);
    }
  }

  #append(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#offset += bytes.length;
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    let written = 0;
    while (written < bytes.length) {
      written += (await this.#file.write(bytes, written, bytes.length - written)).bytesWritten;
    }
  }

  async #orAbort(step: () => Promise<void>): Promise<void> {
    try {
      if (this.#target.signal?.aborted === true) throw new DubwrightError('CANCELLED');
      await step();
    } catch (thrown) {
      await this.abort();
      throw toOutputError(thrown, this.#target.takePath);
    }
  }
}

/**
 * Starts a take under a temporary name. Any failure, and an abort through `signal`, leaves nothing behind.
 * @throws DubwrightError OUTPUT_NOT_WRITABLE, DISK_FULL, CANCELLED (from every method)
 */
export async function createTakeWriter(target: TakeTarget): Promise<TakeWriter> {
  const temporaryPath = temporaryPathBeside(target.takePath);
  try {
    return new OpenTake(target, temporaryPath, await open(temporaryPath, 'wx'));
  } catch (thrown) {
    await discard(temporaryPath);
    throw toOutputError(thrown, target.takePath);
  }
}

import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toOutputError } from '../../media/output-file.ts';
import { temporaryPathBeside } from '../../media/output-file.ts';
import { syncNetOffsetCount } from './types.ts';

const rowsPerBlock = 256;
const bytesPerRow = syncNetOffsetCount * Float32Array.BYTES_PER_ELEMENT;

/**
 * Rows of 31 distances on disk. Which of the 31 is wanted per window is known only when the last window has been seen,
 * and a long take must not fill the memory until then.
 */
export class DistanceLog {
  readonly #path: string;
  readonly #file: number;
  readonly #block = new Float32Array(rowsPerBlock * syncNetOffsetCount);
  #rowsInBlock = 0;
  #rowsOnDisk = 0;
  #isOpen = true;

  private constructor(path: string, file: number) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Begins an empty log under a temporary name in a folder, which is made where it is missing.
   * @throws DubwrightError DISK_FULL, OUTPUT_NOT_WRITABLE
   */
  static async create(folder: string): Promise<DistanceLog> {
    const path = temporaryPathBeside(join(folder, 'distances'));
    try {
      await mkdir(folder, { recursive: true });
      return new DistanceLog(path, openSync(path, 'wx+'));
    } catch (thrown) {
      throw toOutputError(thrown, path);
    }
  }

  get rowCount(): number {
    return this.#rowsOnDisk + this.#rowsInBlock;
  }

  /** @throws DubwrightError DISK_FULL */
  append(row: Float32Array): void {
    this.#block.set(row, this.#rowsInBlock * syncNetOffsetCount);
    this.#rowsInBlock++;
    if (this.#rowsInBlock === rowsPerBlock) this.#flush();
  }

  /** One number of every row. */
  column(index: number): Float32Array {
    this.#flush();
    const out = new Float32Array(this.#rowsOnDisk);
    for (let row = 0; row < out.length; row += rowsPerBlock) {
      const count = Math.min(rowsPerBlock, out.length - row);
      readSync(this.#file, this.#block, 0, count * bytesPerRow, row * bytesPerRow);
      for (let i = 0; i < count; i++) out[row + i] = this.#block[i * syncNetOffsetCount + index];
    }
    return out;
  }

  /** Removes the file; closing twice is harmless. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#file);
    rmSync(this.#path, { force: true });
  }

  #flush(): void {
    try {
      const length = this.#rowsInBlock * bytesPerRow;
      if (length > 0) writeSync(this.#file, this.#block, 0, length, this.#rowsOnDisk * bytesPerRow);
    } catch (thrown) {
      throw toOutputError(thrown, this.#path);
    }
    this.#rowsOnDisk += this.#rowsInBlock;
    this.#rowsInBlock = 0;
  }
}

import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { commitFolder } from '../../files/commit-folder.ts';
import { meshFloatCount } from '../../faces/types.ts';
import type { PixelBox, Plane, PlanarFormat, VideoFrame } from '../../media/frame.ts';
import { frameBytes, planeSizes } from '../../media/planar-formats.ts';
import { boxInPlane, boxOnChromaGrid, copyOfPlane, planeShiftOf } from '../../pixels/plane-geometry.ts';
import { faceUnit, maskRing } from './mouth-geometry.ts';
import type { MouthCrop } from './mouth-crop.ts';

/** Bumped whenever the file layout or the choice of frames changes. */
const libraryVersion = 1;

/** Pixels kept around the outline of the replaced region, as a share of the eye-corner distance. */
const cropMargin = 0.12;

interface LibraryHeader {
  readonly version: number;
  readonly key: string;
  readonly format: PlanarFormat;
  /** Per mouth: frame index, byte offset, box x, y, width, height. */
  readonly entries: readonly (readonly [number, number, number, number, number, number])[];
}

/** Every mouth that may be borrowed, on disk: mesh and pixels in the film's own sample format, by library index. */
export class MouthLibrary {
  readonly #header: LibraryHeader;
  readonly #file: number;
  readonly #recent = new Map<number, { mesh: Float32Array; crop: MouthCrop }>();

  constructor(folder: string, header: LibraryHeader) {
    this.#header = header;
    this.#file = openSync(join(folder, 'mouths.bin'), 'r');
  }

  get size(): number {
    return this.#header.entries.length;
  }

  /** Film frame of each mouth, rising. */
  get frames(): readonly number[] {
    return this.#header.entries.map((entry) => entry[0]);
  }

  /** Mesh and pixels of a mouth. A few recent ones stay in memory, because runs overlap where they meet. */
  read(index: number): { readonly mesh: Float32Array; readonly crop: MouthCrop } {
    const held = this.#recent.get(index);
    if (held) return held;
    const [, offset, x, y, width, height] = this.#header.entries[index];
    const mesh = new Float32Array(meshFloatCount);
    const bytes = new Uint8Array(frameBytes(this.#header.format, width, height));
    readSync(this.#file, mesh, 0, mesh.byteLength, offset);
    readSync(this.#file, bytes, 0, bytes.length, offset + mesh.byteLength);
    const mouth = {
      mesh,
      crop: { box: { x, y, width, height }, planes: planesOf(this.#header.format, width, height, bytes) },
    };
    this.#recent.set(index, mouth);
    if (this.#recent.size > 8)
      for (const oldest of this.#recent.keys()) {
        this.#recent.delete(oldest);
        break;
      }
    return mouth;
  }

  close(): void {
    closeSync(this.#file);
  }
}

function planesOf(format: PlanarFormat, width: number, height: number, bytes: Uint8Array): Plane[] {
  const isWide = format.bitDepth > 8;
  let offset = 0;
  return planeSizes(format, width, height).map((size) => {
    const length = size.width * size.height * (isWide ? 2 : 1);
    const slice = bytes.slice(offset, offset + length);
    offset += length;
    return { ...size, data: isWide ? new Uint16Array(slice.buffer) : slice };
  });
}

/** The part of a frame that may be borrowed: the replaced region's bounds and a margin, on the chroma grid. */
export function cropBox(
  mesh: Float32Array,
  frame: { width: number; height: number },
  format: PlanarFormat,
): PixelBox | null {
  const margin = cropMargin * faceUnit(mesh);
  const xs = maskRing.map((point) => mesh[3 * point]);
  const ys = maskRing.map((point) => mesh[3 * point + 1]);
  const left = Math.min(...xs) - margin;
  const top = Math.min(...ys) - margin;
  const bounds = {
    x: left,
    y: top,
    width: Math.max(...xs) + margin - left,
    height: Math.max(...ys) + margin - top,
  };
  const box = boxOnChromaGrid(bounds, format, frame);
  return box.width < 16 || box.height < 16 ? null : box;
}

/** The part of a frame that `cropBox` names, copied; null where it is not to be seen. */
export function cropOf(frame: VideoFrame, mesh: Float32Array): MouthCrop | null {
  const box = cropBox(mesh, frame, frame.format);
  if (!box) return null;
  const planes = frame.planes.map((plane, index) =>
    copyOfPlane(plane, boxInPlane(box, planeShiftOf(frame.format, index))),
  );
  return { box, planes };
}

/** Content key of a library: what its bytes depend on. */
export function libraryKey(parts: Readonly<Record<string, unknown>>): string {
  return createHash('sha256')
    .update(JSON.stringify({ libraryVersion, ...parts }))
    .digest('hex')
    .slice(0, 32);
}

/** Opens a finished library from its folder; null when there is none with this key. */
export function openMouthLibrary(folder: string, key: string): MouthLibrary | null {
  const header = readHeader(folder, key);
  return header === null ? null : new MouthLibrary(folder, header);
}

function readHeader(folder: string, key: string): LibraryHeader | null {
  const path = join(folder, 'library.json');
  if (!existsSync(path)) return null;
  try {
    const header = JSON.parse(readFileSync(path, 'utf8')) as LibraryHeader;
    return header.version === libraryVersion && header.key === key ? header : null;
  } catch {
    return null;
  }
}

/** Writes a library next to its final place; `finish` moves it there, complete or not at all. */
export class MouthLibraryWriter {
  readonly #folder: string;
  readonly #temporary: string;
  readonly #key: string;
  readonly #file: number;
  readonly #entries: [number, number, number, number, number, number][] = [];
  #format: PlanarFormat | null = null;
  #offset = 0;

  constructor(folder: string, key: string) {
    this.#folder = folder;
    this.#key = key;
    this.#temporary = `${folder}.${randomUUID()}.part`;
    mkdirSync(this.#temporary, { recursive: true });
    this.#file = openSync(join(this.#temporary, 'mouths.bin'), 'w');
  }

  /** Adds the mouth of a frame; frames come in rising order. */
  add(frame: VideoFrame, mesh: Float32Array): void {
    const crop = cropOf(frame, mesh);
    if (!crop) return;
    const { box, planes } = crop;
    this.#format = frame.format;
    this.#entries.push([frame.index, this.#offset, box.x, box.y, box.width, box.height]);
    this.#write(new Uint8Array(mesh.buffer, mesh.byteOffset, mesh.byteLength));
    for (const { data } of planes) this.#write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }

  #write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done, bytes.length - done);
    this.#offset += bytes.length;
  }

  /** Moves the library into place and opens it; null when no mouth was added. */
  finish(): MouthLibrary | null {
    closeSync(this.#file);
    if (!this.#format) {
      rmSync(this.#temporary, { recursive: true, force: true });
      return null;
    }
    const header: LibraryHeader = {
      version: libraryVersion,
      key: this.#key,
      format: this.#format,
      entries: this.#entries,
    };
    writeFileSync(join(this.#temporary, 'library.json'), JSON.stringify(header));
    commitFolder(this.#temporary, this.#folder, () => readHeader(this.#folder, this.#key) !== null);
    return new MouthLibrary(this.#folder, header);
  }

  /** Leaves nothing behind. */
  abort(): void {
    closeSync(this.#file);
    rmSync(this.#temporary, { recursive: true, force: true });
  }
}

import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/*
 * Old versions of ffmpeg do not know how long the last frame of a film of irregular rate is shown and write one tick.
 * Players then cut it off, and the mean rate is wrong. Its place in an MP4 or MOV (ISO/IEC 14496-12) is known: the last
 * entry of the track's `stts`, and the durations of media, track, edit list and movie. All keep their size.
 */

interface Box {
  readonly type: string;
  /** The box without its head, sharing memory with the whole. */
  readonly body: DataView;
}

const longSize = 1;

function* boxesIn(view: DataView): Generator<Box> {
  let at = 0;
  while (at + 8 <= view.byteLength) {
    const declared = view.getUint32(at);
    const isLong = declared === longSize && at + 16 <= view.byteLength;
    const size = isLong ? Number(view.getBigUint64(at + 8)) : declared;
    const head = isLong ? 16 : 8;
    if (size < head || at + size > view.byteLength) return;
    const body = new DataView(view.buffer, view.byteOffset + at + head, size - head);
    yield { type: fourcc(view, at + 4), body };
    at += size;
  }
}

function fourcc(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}

function find(view: DataView, ...path: readonly string[]): DataView | null {
  let current: DataView = view;
  for (const type of path) {
    const box = [...boxesIn(current)].find((candidate) => candidate.type === type);
    if (box === undefined) return null;
    current = box.body;
  }
  return current;
}

/** An unsigned number of 32 or, in version 1 of a box, 64 bits. */
interface NumberField {
  read(): number;
  write(value: number): void;
}

function numberField(view: DataView, at: number, isLong: boolean): NumberField {
  return isLong
    ? {
        read: () => Number(view.getBigUint64(at)),
        write: (value) => {
          view.setBigUint64(at, BigInt(value));
        },
      }
    : {
        read: () => view.getUint32(at),
        write: (value) => {
          view.setUint32(at, Math.min(value, 0xffffffff));
        },
      };
}

/** Timescale and duration of `mvhd` or `mdhd`, which begin alike. */
function clockOf(view: DataView): { readonly timescale: number; readonly duration: NumberField } {
  const isLong = view.getUint8(0) === 1;
  const at = isLong ? 20 : 12;
  return { timescale: view.getUint32(at), duration: numberField(view, at + 4, isLong) };
}

function trackDuration(tkhd: DataView): NumberField {
  const isLong = tkhd.getUint8(0) === 1;
  return numberField(tkhd, isLong ? 28 : 20, isLong);
}

/** Lengths of the edits that show media; empty edits, which only wait, are left out. */
function shownEdits(elst: DataView): NumberField[] {
  const isLong = elst.getUint8(0) === 1;
  const entryBytes = isLong ? 20 : 12;
  return Array.from({ length: elst.getUint32(4) }, (_, i) => 8 + i * entryBytes)
    .filter((at) => (isLong ? elst.getBigInt64(at + 8) : elst.getInt32(at + 4)) >= 0)
    .map((at) => numberField(elst, at, isLong));
}

function pictureTrack(moov: DataView): DataView | null {
  const tracks = [...boxesIn(moov)].filter((box) => box.type === 'trak');
  const isPicture = (track: Box) => {
    const handler = find(track.body, 'mdia', 'hdlr');
    return handler !== null && fourcc(handler, 8) === 'vide';
  };
  return tracks.find(isPicture)?.body ?? null;
}

/** Lengthens the last frame inside a `moov` box; false when it already lasts as long, or the box is not as expected. */
function lengthenLastFrame(
  moov: DataView,
  lastFrame: { readonly ticks: number; readonly ticksPerSecond: number },
) {
  const track = pictureTrack(moov);
  const [mvhd, tkhd] = [find(moov, 'mvhd'), track && find(track, 'tkhd')];
  const [mdhd, stts] = [
    track && find(track, 'mdia', 'mdhd'),
    track && find(track, 'mdia', 'minf', 'stbl', 'stts'),
  ];
  if (track === null || !mvhd || !tkhd || !mdhd || !stts || stts.getUint32(4) === 0) return false;
  const media = clockOf(mdhd);
  const last = 8 * stts.getUint32(4);
  const missing = lastFrame.ticks - stts.getUint32(last + 4);
  // A last entry for several frames is one that ffmpeg got right.
  if (media.timescale !== lastFrame.ticksPerSecond || missing <= 0 || stts.getUint32(last) !== 1)
    return false;
  stts.setUint32(last + 4, lastFrame.ticks);
  const movie = clockOf(mvhd);
  const inMovie = (ticks: number) => Math.ceil((ticks * movie.timescale) / media.timescale);
  const before = media.duration.read();
  media.duration.write(before + missing);
  const growth = inMovie(before + missing) - inMovie(before);
  const elst = find(track, 'edts', 'elst');
  shownEdits(elst ?? new DataView(new ArrayBuffer(8))).forEach((edit) => edit.write(edit.read() + growth));
  const shown = trackDuration(tkhd);
  shown.write(shown.read() + growth);
  movie.duration.write(Math.max(movie.duration.read(), shown.read()));
  return true;
}

async function findMoov(file: FileHandle): Promise<{ readonly at: number; readonly bytes: Buffer } | null> {
  const { size: fileSize } = await file.stat();
  const head = Buffer.alloc(16);
  for (let at = 0; at + 8 <= fileSize;) {
    await file.read(head, 0, 16, at);
    const declared = head.readUInt32BE(0);
    const size = declared === longSize ? Number(head.readBigUInt64BE(8)) : declared;
    if (head.toString('latin1', 4, 8) === 'moov') {
      const bytes = Buffer.alloc(size - 8);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, at + 8);
      return bytesRead === bytes.length ? { at: at + 8, bytes } : null;
    }
    if (size < 8) return null;
    at += size;
  }
  return null;
}

/**
 * Makes the last frame of a finished MP4 or MOV last as long as it should, where ffmpeg did not. Does nothing to a file
 * that is right already or that it does not understand.
 * @param lastFrame how long the last frame is shown, in ticks of the picture track's timescale, `ticksPerSecond`
 */
export async function repairLastFrame(
  path: string,
  lastFrame: { readonly ticks: number; readonly ticksPerSecond: number },
): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const moov = await findMoov(file);
    if (moov === null) return;
    const { buffer, byteOffset, byteLength } = moov.bytes;
    const isChanged = lengthenLastFrame(new DataView(buffer, byteOffset, byteLength), lastFrame);
    if (isChanged) await file.write(moov.bytes, 0, byteLength, moov.at);
  } finally {
    await file.close();
  }
}

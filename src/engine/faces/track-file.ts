import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { appearanceBytes } from './face-appearance.ts';
import { meshFloatCount, type HeadPose } from './types.ts';

/**
 * One file per track, one record per frame from the track's first frame on, all of the same size, so that a frame's
 * record lies at `(frame − startFrame) × recordBytes`. Little-endian 32-bit floats: presence (0: not seen in this
 * frame), mouth visibility, yaw, pitch, roll, the mesh; then the face's colours for judging what covers the mouth.
 */
const headFloats = 5;
export const recordBytes = (headFloats + meshFloatCount) * 4 + appearanceBytes;
const visibilityOffset = 4;
const appearanceOffset = (headFloats + meshFloatCount) * 4;
/** Records gathered before they are written. */
const recordsPerWrite = 32;

/** What a track's file keeps of one frame. */
export interface TrackRecord {
  readonly presence: number;
  readonly mouthVisibility: number;
  readonly pose: HeadPose;
  readonly mesh: Float32Array;
  readonly appearance: Uint8Array;
}

/** Where a track's records lie. */
export function trackPath(folder: string, trackId: number): string {
  return join(folder, `track-${String(trackId).padStart(6, '0')}.bin`);
}

function encodeRecord(record: TrackRecord, out: Uint8Array): void {
  const floats = new Float32Array(headFloats + meshFloatCount);
  const { pose } = record;
  floats[0] = record.presence;
  floats[1] = record.mouthVisibility;
  floats.set([pose.yawDegrees, pose.pitchDegrees, pose.rollDegrees], 2);
  floats.set(record.mesh, headFloats);
  out.set(new Uint8Array(floats.buffer));
  out.set(record.appearance, appearanceOffset);
}

function decodeRecord(bytes: Uint8Array): TrackRecord | null {
  const floats = new Float32Array(bytes.slice(0, appearanceOffset).buffer);
  const [presence, mouthVisibility, yawDegrees, pitchDegrees, rollDegrees] = floats;
  if (presence === 0) return null;
  const pose = { yawDegrees, pitchDegrees, rollDegrees };
  const mesh = floats.slice(headFloats);
  return { presence, mouthVisibility, pose, mesh, appearance: bytes.slice(appearanceOffset, recordBytes) };
}

/** Appends the records of one track in frame order. */
export class TrackWriter {
  readonly #file: number;
  readonly #startFrame: number;
  readonly #pending = new Uint8Array(recordsPerWrite * recordBytes);
  #pendingRecords = 0;
  #writtenRecords = 0;

  constructor(path: string, startFrame: number) {
    this.#file = openSync(path, 'w');
    this.#startFrame = startFrame;
  }

  /** Frames left out since the last record become empty ones. */
  append(frameIndex: number, record: TrackRecord): void {
    const slot = frameIndex - this.#startFrame;
    while (this.#writtenRecords + this.#pendingRecords < slot) this.#nextSlot().fill(0);
    encodeRecord(record, this.#nextSlot());
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #nextSlot(): Uint8Array {
    if (this.#pendingRecords === recordsPerWrite) this.#flush();
    const at = this.#pendingRecords * recordBytes;
    this.#pendingRecords += 1;
    return this.#pending.subarray(at, at + recordBytes);
  }

  #flush(): void {
    writeSync(this.#file, this.#pending, 0, this.#pendingRecords * recordBytes);
    this.#writtenRecords += this.#pendingRecords;
    this.#pendingRecords = 0;
  }
}

/** Reads records of one track in any order. */
export class TrackReader {
  readonly #file: number;
  readonly #bytes = new Uint8Array(recordBytes);

  constructor(path: string, mode: 'r' | 'r+' = 'r') {
    this.#file = openSync(path, mode);
  }

  /** The record of the frame that lies `slot` frames after the track's first; null where the face was not seen. */
  read(slot: number): TrackRecord | null {
    const count = readSync(this.#file, this.#bytes, 0, recordBytes, slot * recordBytes);
    return count === recordBytes ? decodeRecord(this.#bytes) : null;
  }

  /** Corrects a record's mouth visibility in place; the file must be open for writing. */
  writeVisibility(slot: number, mouthVisibility: number): void {
    const bytes = new Uint8Array(Float32Array.of(mouthVisibility).buffer);
    writeSync(this.#file, bytes, 0, 4, slot * recordBytes + visibilityOffset);
  }

  close(): void {
    closeSync(this.#file);
  }
}

import type { Readable } from 'node:stream';

/** Whole frames cut from a stream of bytes, read a little ahead. */
export interface FrameAssembler {
  /** The next frame's bytes, in a buffer of its own; null when the stream ended (an incomplete frame is dropped). */
  next(): Promise<Uint8Array | null>;
}

/** Memory for frames that wait: enough to keep the decoder busy while a network holds our thread. */
const lookaheadBytes = 32 << 20;
const mostFramesAhead = 24;

/**
 * Collects a raw video stream into frames. Each byte is copied once; the stream pauses while enough frames wait, so
 * that the decoder is held back by the reader's pace.
 */
export function assembleFrames(stream: Readable, bytesPerFrame: number): FrameAssembler {
  const ahead = Math.max(2, Math.min(mostFramesAhead, Math.floor(lookaheadBytes / bytesPerFrame)));
  const ready: Uint8Array[] = [];
  let current: Buffer | null = null;
  let filled = 0;
  let hasEnded = false;
  let wake: (() => void) | null = null;
  const notify = (): void => {
    wake?.();
    wake = null;
  };
  stream.on('data', (chunk: Buffer) => {
    let at = 0;
    while (at < chunk.length) {
      // Not from Node's shared pool (a frame may be kept for long), and not zeroed (it is filled before it is seen).
      current ??= Buffer.allocUnsafeSlow(bytesPerFrame);
      const taken = chunk.copy(current, filled, at, at + bytesPerFrame - filled);
      at += taken;
      filled += taken;
      if (filled < bytesPerFrame) continue;
      ready.push(current);
      current = null;
      filled = 0;
    }
    if (ready.length >= ahead) stream.pause();
    if (ready.length > 0) notify();
  });
  const end = (): void => {
    hasEnded = true;
    notify();
  };
  stream.once('end', end).once('close', end).once('error', end);
  return {
    async next() {
      while (ready.length === 0 && !hasEnded) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const frame = ready.shift() ?? null;
      if (ready.length < ahead && stream.isPaused()) stream.resume();
      return frame;
    },
  };
}

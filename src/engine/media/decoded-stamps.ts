import { DubwrightError } from '../../contract/errors.ts';
import { spawnFfmpeg } from './ffmpeg-command.ts';
import { locateFfmpeg, passthroughRateOptions } from './locate-ffmpeg.ts';
import { silenceWatch } from './silence-watch.ts';

/**
 * A filter that passes every frame on untouched and makes ffmpeg print its time stamp, doubled, plus one for an intra
 * picture. Expression evaluation can print in every version of ffmpeg, and costs nothing; `showinfo`, made for this,
 * reads every pixel. (`setpts` would do, but newer versions evaluate it once more at the end.)
 */
export const stampFilter = 'select=1+0*isnan(print(2*pts+eq(pict_type\\,I)))';

/** Options before the input that keep the stamps of the file as they are, and pictures as they are stored. */
export const stampInputOptions: readonly string[] = ['-noautorotate', '-copyts'];

/** What `stampFilter` prints about one picture. */
export interface PrintedStamp {
  /** In the stream's time base; NaN for a frame without a time stamp. */
  readonly stamp: number;
  /** Coded without reference to others, as the first picture after a clean entry point is. */
  readonly isIntra: boolean;
}

/** Reads a line of stderr; null when it is not one of `stampFilter`'s. */
export function parseStampLine(line: string): PrintedStamp | null {
  const match = /^(?:\[Eval @ [^\]]*\] )?(-?\d+\.\d{6}|-?nan)$/.exec(line);
  if (match === null) return null;
  const printed = Number(match[1]);
  const stamp = Math.floor(printed / 2);
  return { stamp, isIntra: printed - 2 * stamp === 1 };
}

/**
 * Decodes a picture stream, throws the pictures away and keeps the time stamps, in the order of decoding's output.
 * This is what a reader of the file will get, frame for frame: the same ffmpeg, the same options.
 * @returns stamps in the stream's time base, not shifted by the container's start; NaN where a frame has none
 */
export async function readDecodedStamps(request: {
  readonly path: string;
  readonly streamIndex: number;
  /** Where to begin, by the keyframe before it; from the beginning when absent. */
  readonly seekSeconds?: number;
  readonly maxFrames?: number;
  readonly signal?: AbortSignal | undefined;
}): Promise<number[]> {
  const { path, streamIndex, seekSeconds, maxFrames, signal } = request;
  const tools = await locateFfmpeg();
  const stamps: number[] = [];
  const seek = seekSeconds === undefined ? [] : seekOptions(seekSeconds);
  const limit = maxFrames === undefined ? [] : ['-frames:v', String(maxFrames)];
  const map = ['-map', `0:${streamIndex}`, '-vf', stampFilter, ...passthroughRateOptions(tools)];
  const watch = silenceWatch();
  const process = await spawnFfmpeg({
    inputs: [{ path, options: [...stampInputOptions, ...seek] }],
    outputs: [{ nowhere: true, options: [...map, ...limit, '-f', 'null'] }],
    signal,
    onStderrLine: (line) => {
      watch.heard();
      const stamp = parseStampLine(line);
      if (stamp !== null) stamps.push(stamp.stamp);
      return stamp !== null;
    },
  });
  watch.onSilence(() => void process.stop());
  watch.begin();
  try {
    await process.done;
  } catch (error) {
    // A damaged file: what could be decoded counts, and the caller judges whether it is enough.
    if (!(error instanceof DubwrightError) || error.code !== 'FFMPEG_FAILED') throw error;
  } finally {
    watch.end();
  }
  if (watch.isStuck()) throw new DubwrightError('MEDIA_UNREADABLE', { path, reason: 'the decoder hangs' });
  return stamps;
}

/** Seeks to the keyframe before a moment on the file's own clock and keeps every frame from there. */
export function seekOptions(seconds: number): readonly string[] {
  return ['-noaccurate_seek', '-seek_timestamp', '1', '-ss', seconds.toFixed(6)];
}

import { DubwrightError } from '../../contract/errors.ts';
import { spawnFfmpeg } from './ffmpeg-command.ts';
import { locateFfmpeg, passthroughRateOptions } from './locate-ffmpeg.ts';
import { silenceWatch } from './silence-watch.ts';

/**
 * A filter that passes every frame on untouched and makes ffmpeg print its time stamp. Expression evaluation can print
 * in every version of ffmpeg, and costs nothing; `showinfo`, made for this, reads every pixel. (`setpts` would do,
 * but newer versions evaluate it once more at the end.)
 */
export const stampFilter = 'select=1+0*isnan(print(pts))';

/** Options before the input that keep the stamps of the file as they are, and pictures as they are stored. */
export const stampInputOptions: readonly string[] = ['-noautorotate', '-copyts'];

/** The time stamp that a line of stderr carries: NaN for a frame without one, null for any other line. */
export function parseStampLine(line: string): number | null {
  const match = /^(?:\[Eval @ [^\]]*\] )?(-?\d+\.\d{6}|-?nan)$/.exec(line);
  // Number('nan') is NaN, which is what a missing stamp is called here.
  return match === null ? null : Number(match[1]);
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
      if (stamp !== null) stamps.push(stamp);
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

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { locateFfmpeg } from '../../src/engine/media/locate-ffmpeg.ts';

const run = promisify(execFile);

/** Runs the ffmpeg that the product uses; `args` follow `-y -v error`. Fails with ffmpeg's own words. */
export async function ffmpeg(...args: readonly string[]): Promise<void> {
  const { ffmpegPath } = await locateFfmpeg();
  await run(ffmpegPath, ['-nostdin', '-y', '-v', 'error', ...args]);
}

/** A made-up film: a moving test picture, and a tone unless it is to be silent. */
export interface TinyFilm {
  readonly path: string;
  readonly seconds: number;
  readonly width?: number;
  readonly height?: number;
  readonly rate?: string;
  readonly hasSound?: boolean;
  /** Codec options; `-c:v libx264` and whatever the container likes by default. */
  readonly codec?: readonly string[];
}

/** Writes a film of a few kilobytes. Nobody is in it. */
export async function makeFilm(film: TinyFilm): Promise<string> {
  const { path, seconds, width = 64, height = 48, rate = '25', hasSound = true } = film;
  const { codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'] } = film;
  const picture = ['-f', 'lavfi', '-i', `testsrc=size=${width}x${height}:rate=${rate}:duration=${seconds}`];
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=330:sample_rate=16000:duration=${seconds}`];
  await ffmpeg(...picture, ...(hasSound ? sound : []), ...codec, path);
  return path;
}

/** Writes a sound with syllable-like bursts and pauses: a voice, as far as a pause finder can tell. */
export async function makeVoice(path: string, seconds: number): Promise<string> {
  const bursts = `0.4*sin(2*PI*180*t)*max(0,sin(2*PI*2.5*t))*lt(mod(t,2),1.4)`;
  await ffmpeg('-f', 'lavfi', '-i', `aevalsrc=exprs='${bursts}':s=16000:d=${seconds}`, path);
  return path;
}

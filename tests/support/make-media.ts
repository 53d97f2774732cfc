import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { locateFfmpeg } from '../../src/engine/media/locate-ffmpeg.ts';
import { toolEnvironment } from '../../src/engine/media/tool-process.ts';

const runFile = promisify(execFile);

/** One sound track of a test film: a steady tone. */
export interface ToneRecipe {
  readonly frequencyHz?: number;
  readonly channels?: number;
  readonly sampleRateHz?: number;
  /** ffmpeg's encoder; `aac` when absent. */
  readonly codec?: string;
  readonly language?: string;
}

/** A test film: moving colour bars with a counter, every frame different from its neighbours. */
export interface FilmRecipe {
  /** With the extension that chooses the container. */
  readonly name: string;
  readonly width?: number;
  readonly height?: number;
  readonly frameCount?: number;
  /** "25", "30000/1001", "22.13" */
  readonly rate?: string;
  /** ffmpeg's encoder; `libx264` when absent. */
  readonly codec?: string;
  readonly codecOptions?: readonly string[];
  readonly pixelFormat?: string;
  /** Seconds of frame N, as an ffmpeg expression: makes the rate vary. */
  readonly secondsOfFrameN?: string;
  readonly tones?: readonly ToneRecipe[];
  /** The picture starts so much later than the sound. */
  readonly pictureDelaySeconds?: number;
  /** All time stamps are moved by so much. */
  readonly fileStartSeconds?: number;
  readonly clockwiseDegrees?: 0 | 90 | 180 | 270;
  readonly outputOptions?: readonly string[];
}

/** Runs the located ffmpeg with these arguments, in `folder`; its standard output as text. */
export async function ffmpegText(args: readonly string[], folder?: string): Promise<string> {
  const { ffmpegPath } = await locateFfmpeg();
  const options = {
    maxBuffer: 1 << 28,
    env: toolEnvironment(),
    ...(folder !== undefined && { cwd: folder }),
  };
  return (await runFile(ffmpegPath, ['-nostdin', '-v', 'error', '-y', ...args], options)).stdout;
}

/** Runs the located ffprobe; its standard output as text. */
export async function ffprobeText(args: readonly string[]): Promise<string> {
  const { ffprobePath } = await locateFfmpeg();
  return (
    await runFile(ffprobePath, ['-v', 'error', ...args], { maxBuffer: 1 << 28, env: toolEnvironment() })
  ).stdout;
}

/** Makes a film in `folder` and answers with its path. 50 frames of 128 × 96 at 25 per second when nothing is said. */
export async function makeFilm(folder: string, recipe: FilmRecipe): Promise<string> {
  const path = join(folder, recipe.name);
  const { width = 128, height = 96, frameCount = 50, rate = '25', tones = [] } = recipe;
  const seconds = frameCount / rateAsNumber(rate);
  // Not -frames:v, with which older versions end the sound tracks too, nor -t, which loses a frame at some rates.
  const picture = `testsrc2=size=${width}x${height}:rate=${rate},trim=end_frame=${frameCount}`;
  const sounds = tones.flatMap((tone) => ['-f', 'lavfi', '-t', seconds.toFixed(4), '-i', toneSource(tone)]);
  const delay =
    recipe.pictureDelaySeconds === undefined ? [] : ['-itsoffset', `${recipe.pictureDelaySeconds}`];
  const timing =
    recipe.secondsOfFrameN === undefined
      ? []
      : ['-vf', `settb=1/90000,setpts='(${recipe.secondsOfFrameN})/TB'`, '-enc_time_base', '1/90000'];
  await ffmpegText([
    ...[...delay, '-f', 'lavfi', '-i', picture, ...sounds, '-map', '0:v', ...timing],
    ...(await variableRateOptions()),
    ...['-c:v', recipe.codec ?? 'libx264', '-pix_fmt', recipe.pixelFormat ?? 'yuv420p'],
    ...[...(recipe.codecOptions ?? []), ...tones.flatMap(toneOptions)],
    ...(recipe.fileStartSeconds === undefined ? [] : ['-output_ts_offset', `${recipe.fileStartSeconds}`]),
    ...[...(recipe.outputOptions ?? []), `file:${path}`],
  ]);
  if (recipe.clockwiseDegrees !== undefined) await markRotation(path, recipe.clockwiseDegrees);
  return path;
}

/** Makes a sound file in `folder` and answers with its path; the extension chooses the container. */
export async function makeSound(
  folder: string,
  recipe: ToneRecipe & {
    readonly name: string;
    readonly seconds?: number;
    readonly options?: readonly string[];
  },
): Promise<string> {
  const path = join(folder, recipe.name);
  const { seconds = 2, options = [] } = recipe;
  const codec = recipe.codec === undefined ? [] : ['-c:a', recipe.codec];
  const input = ['-f', 'lavfi', '-t', `${seconds}`, '-i', toneSource(recipe)];
  await ffmpegText([...input, ...codec, ...options, `file:${path}`]);
  return path;
}

function toneSource({ frequencyHz = 440, channels = 1, sampleRateHz = 48_000 }: ToneRecipe): string {
  const wave = `0.5*sin(2*PI*${frequencyHz}*t)`;
  const waves = Array.from({ length: channels }, () => wave).join('|');
  return `aevalsrc=${waves}:s=${sampleRateHz}`;
}

function toneOptions(tone: ToneRecipe, i: number): string[] {
  const language = tone.language === undefined ? [] : [`-metadata:s:a:${i}`, `language=${tone.language}`];
  return ['-map', `${i + 1}:a`, `-c:a:${i}`, tone.codec ?? 'aac', ...language];
}

function rateAsNumber(rate: string): number {
  const [num = '0', den = '1'] = rate.split('/');
  return Number(num) / Number(den);
}

/** Frames go to the file with the times they have, in old and new versions of ffmpeg. */
async function variableRateOptions(): Promise<string[]> {
  return (await locateFfmpeg()).hasFpsMode ? ['-fps_mode', 'passthrough'] : ['-vsync', 'passthrough'];
}

/** Writes a display matrix into a finished MP4 or MOV. */
async function markRotation(path: string, clockwiseDegrees: number): Promise<void> {
  const { majorVersion } = await locateFfmpeg();
  const isNew = (majorVersion ?? 0) >= 6;
  const turned = path.replace(/(\.\w+)$/, '.turned$1');
  const input = ['-i', `file:${path}`, '-map', '0', '-c', 'copy'];
  const args = isNew
    ? ['-display_rotation', `${-clockwiseDegrees}`, ...input]
    : [...input, '-metadata:s:v:0', `rotate=${clockwiseDegrees}`];
  await ffmpegText([...args, `file:${turned}`]);
  await rename(turned, path);
}

import { isAbsolute } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Readable, Writable } from 'node:stream';
import ffmpeg from 'fluent-ffmpeg';
import { DubwrightError } from '../../contract/errors.ts';
import { errorFromFfmpeg } from './ffmpeg-errors.ts';
import { locateFfmpeg } from './locate-ffmpeg.ts';
import { startTool, type ToolProcess } from './tool-process.ts';

/** Something ffmpeg reads. Paths are absolute; at most one input is a stream or `stdin`. */
export type FfmpegInput = (
  | { readonly path: string }
  | { readonly stream: Readable }
  | { readonly stdin: true }
  | { readonly lavfi: string }
) & { readonly options?: readonly string[] };

/** Something ffmpeg writes: a file, our end of its standard output, or nothing at all (decode only). */
export type FfmpegOutput = (
  { readonly path: string } | { readonly stdout: true } | { readonly nowhere: true }
) & { readonly options: readonly string[] };

/** How far ffmpeg has come, about twice a second. */
export interface FfmpegProgress {
  /** Frames of the first picture stream written. */
  readonly frames: number;
  /** Seconds of film written. */
  readonly seconds: number;
}

/** One run of ffmpeg. Existing output files are overwritten: callers give temporary names. */
export interface FfmpegRequest {
  readonly inputs: readonly FfmpegInput[];
  readonly outputs: readonly FfmpegOutput[];
  /** `-filter_complex`, when a filter joins or splits streams. */
  readonly filterComplex?: string;
  readonly onProgress?: (progress: FfmpegProgress) => void;
  /** Lines of stderr; those for which it returns true are taken as read and never quoted in an error. */
  readonly onStderrLine?: (line: string) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A running ffmpeg. */
export interface FfmpegProcess {
  readonly pid: number;
  /** Present when an input is `stdin`; respect its back-pressure, end it when all is written. */
  readonly stdin: Writable | null;
  /** Present when an output is `stdout`; read it to its end, or `stop`. */
  readonly stdout: Readable | null;
  stderrTail(): string;
  /**
   * Resolves when ffmpeg ended well or was stopped by `stop`; rejects with FFMPEG_FAILED, DISK_FULL,
   * OUTPUT_NOT_WRITABLE, FFMPEG_MISSING or CANCELLED. Never an unhandled rejection: not to await it is safe.
   */
  readonly done: Promise<void>;
  /** Ends ffmpeg at once and waits until it has gone. */
  stop(): Promise<void>;
}

/**
 * `repeat` keeps ffmpeg from folding equal lines into "Last message repeated n times". Damage in a source is for the
 * caller to judge by what came out: without the error rate, ffmpeg fails where more than two thirds of a stream could
 * not be decoded, though the rest is there.
 */
const globalOptions = [
  ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'repeat+info', '-y'],
  ...['-max_error_rate', '1'],
];

/**
 * The name by which ffmpeg takes exactly this file: without the protocol, a name with a colon, a leading dash or a
 * percent sign would mean something else to it.
 */
export function ffmpegFileName(path: string): string {
  if (!isAbsolute(path)) throw new RangeError(`ffmpeg gets absolute paths only: ${path}`);
  return `file:${path}`;
}

/**
 * Builds the argument list with fluent-ffmpeg, the one thing taken from it. Its runner stays unused: it parses
 * `-formats` and `-encoders` of whatever version is there before each run and fails on new ones, kills ffmpeg 20 ms
 * after its output closes, and cannot be stopped before it has started.
 */
export function ffmpegArguments(request: FfmpegRequest): string[] {
  const command = ffmpeg();
  request.inputs.forEach((input, i) => {
    command.input(sourceName(input));
    const isLavfi = 'lavfi' in input ? ['-f', 'lavfi'] : [];
    const progress = request.onProgress === undefined ? [] : ['-progress', 'pipe:2'];
    const options = [
      ...(i === 0 ? [...globalOptions, ...progress] : []),
      ...isLavfi,
      ...(input.options ?? []),
    ];
    if (options.length > 0) command.inputOptions(...options);
  });
  if (request.filterComplex !== undefined) command.complexFilter(request.filterComplex);
  for (const output of request.outputs) {
    command.output(targetName(output));
    if (output.options.length > 0) command.outputOptions(...output.options);
  }
  return command._getArguments();
}

function sourceName(input: FfmpegInput): string {
  if ('path' in input) return ffmpegFileName(input.path);
  return 'lavfi' in input ? input.lavfi : 'pipe:0';
}

function targetName(output: FfmpegOutput): string {
  if ('path' in output) return ffmpegFileName(output.path);
  return 'stdout' in output ? 'pipe:1' : '-';
}

/**
 * Starts ffmpeg.
 * @throws DubwrightError FFMPEG_MISSING, CANCELLED
 */
export async function spawnFfmpeg(request: FfmpegRequest): Promise<FfmpegProcess> {
  const tools = await locateFfmpeg();
  const fed = request.inputs.find((input) => 'stream' in input);
  const takesInput = fed !== undefined || request.inputs.some((input) => 'stdin' in input);
  const givesOutput = request.outputs.some((output) => 'stdout' in output);
  const progress = request.onProgress && progressParser(request.onProgress);
  const tool = startTool({
    command: tools.ffmpegPath,
    args: ffmpegArguments(request),
    takesInput,
    signal: request.signal,
    onStderrLine: (line) => progress?.(line) === true || request.onStderrLine?.(line) === true,
  });
  if (!givesOutput) tool.stdout.resume();
  const feeding = fed !== undefined && tool.stdin !== null ? feed(fed.stream, tool.stdin, tool) : null;
  const done = settle(tool, request, feeding);
  done.catch(() => undefined);
  return {
    pid: tool.pid,
    stdin: fed === undefined ? tool.stdin : null,
    stdout: givesOutput ? tool.stdout : null,
    stderrTail: () => tool.stderrTail(),
    done,
    stop: () => tool.stop(),
  };
}

/**
 * Runs ffmpeg to its end; outputs are files.
 * @throws DubwrightError as `FfmpegProcess.done`; what an input stream itself throws comes through unchanged.
 */
export async function runFfmpeg(request: FfmpegRequest): Promise<void> {
  const process = await spawnFfmpeg(request);
  // Nobody reads it here, and an unread pipe would stop ffmpeg for ever.
  process.stdout?.resume();
  await process.done;
}

/** Pipes a stream into ffmpeg; answers with the stream's own failure, never with ffmpeg's closing the pipe. */
async function feed(stream: Readable, stdin: Writable, tool: ToolProcess): Promise<Error | null> {
  const streamErrors: Error[] = [];
  stream.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') streamErrors.push(error);
  });
  try {
    await pipeline(stream, stdin);
  } catch {
    if (streamErrors.length > 0) await tool.stop();
  }
  return streamErrors.at(0) ?? null;
}

async function settle(
  tool: ToolProcess,
  request: FfmpegRequest,
  feeding: Promise<Error | null> | null,
): Promise<void> {
  const exit = await tool.exit;
  const feedError = await feeding;
  if (request.signal?.aborted === true) throw new DubwrightError('CANCELLED');
  if (feedError !== null) throw feedError;
  if (exit.wasStopped) return;
  const outputPaths = request.outputs.flatMap((output) => ('path' in output ? [output.path] : []));
  const error = errorFromFfmpeg({ ...exit, stderr: tool.stderrTail(), outputPaths });
  if (error !== null) throw error;
}

/** Reads the lines that `-progress` writes; true for each of them. */
function progressParser(onProgress: (progress: FfmpegProgress) => void): (line: string) => boolean {
  let [frames, seconds] = [0, 0];
  return (line) => {
    const match = /^([a-z0-9_]+)=\s*(\S*)$/.exec(line);
    if (match === null) return false;
    const [, key, value] = match;
    if (key === 'frame') frames = Number(value) || 0;
    // In microseconds, in spite of its name, and in every version.
    if (key === 'out_time_ms') seconds = (Number(value) || 0) / 1e6;
    if (key === 'progress') onProgress({ frames, seconds });
    return true;
  };
}

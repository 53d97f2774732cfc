import { DubwrightError } from '../../contract/errors.ts';
import { ffmpegFileName } from './ffmpeg-command.ts';
import { locateFfmpeg } from './locate-ffmpeg.ts';
import { startTool } from './tool-process.ts';

/** What ffprobe is asked about a file. */
export interface FfprobeRequest {
  readonly path: string;
  /** Options before the file name, `-of` included. */
  readonly options: readonly string[];
  /** ffprobe is stopped when it takes longer in all; none for work that grows with the film. */
  readonly totalLimitMs?: number;
  /** ffprobe is stopped when it says nothing for so long. */
  readonly silenceLimitMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** How ffprobe ended. */
export interface FfprobeResult {
  readonly isOk: boolean;
  readonly stderr: string;
  /** True when a time limit ended it. */
  readonly isTimedOut: boolean;
  /** The signal that ended it ("SIGSEGV": the file crashes it); null when it ended by itself. */
  readonly signal: string | null;
}

/**
 * Runs ffprobe and hands over its output line by line.
 * @throws DubwrightError FFMPEG_MISSING, CANCELLED
 */
export async function runFfprobe(
  request: FfprobeRequest,
  onLine: (line: string) => void,
): Promise<FfprobeResult> {
  const { ffprobePath } = await locateFfmpeg();
  const tool = startTool({
    command: ffprobePath,
    args: ['-hide_banner', '-v', 'error', ...request.options, '-i', ffmpegFileName(request.path)],
    signal: request.signal,
  });
  let isTimedOut = false;
  const giveUp = (): void => {
    isTimedOut = true;
    void tool.stop();
  };
  const total = request.totalLimitMs === undefined ? undefined : setTimeout(giveUp, request.totalLimitMs);
  const silence =
    request.silenceLimitMs === undefined ? undefined : setTimeout(giveUp, request.silenceLimitMs);
  try {
    let partial = '';
    tool.stdout.setEncoding('utf8');
    tool.stdout.on('data', (chunk: string) => {
      silence?.refresh();
      const lines = (partial + chunk).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) onLine(line.trimEnd());
    });
    const ended = new Promise<void>((resolve) => tool.stdout.once('close', resolve));
    const exit = await tool.exit;
    await ended;
    if (partial !== '') onLine(partial.trimEnd());
    if (request.signal?.aborted === true) throw new DubwrightError('CANCELLED');
    return {
      isOk: exit.exitCode === 0 && !isTimedOut,
      stderr: tool.stderrTail(),
      isTimedOut,
      signal: exit.exitSignal,
    };
  } finally {
    clearTimeout(total);
    clearTimeout(silence);
  }
}

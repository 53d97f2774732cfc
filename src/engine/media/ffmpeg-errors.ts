import { DubwrightError } from '../../contract/errors.ts';

const noise =
  /^\s*$|^Conversion failed!|^Exiting|^Press \[q\]|^Stream mapping|^\s+(Stream|Metadata|Duration|encoder|Side data)|^(Input|Output) #|muxing overhead|^frame=|Error (while )?(opening|processing|splitting|parsing)|Terminating thread|Task finished with error|Nothing was written/i;
const complaint =
  /error|invalid|no such|fail|unable|not found|denied|no space|could not|cannot|can't|unsupported|unknown|does not|broken|missing|corrupt|truncat|unrecognized/i;

/** The line of ffmpeg's chatter that says what is wrong, without its "[mov @ 0x55…]" prefix; "" when it said nothing. */
export function meaningfulLine(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^(\[[^\]]*\]\s*)+/, '').trim())
    .filter((line) => line !== '');
  const candidates = lines.filter((line) => !noise.test(line));
  return (
    candidates.findLast((line) => complaint.test(line)) ??
    lines.findLast((line) => complaint.test(line)) ??
    candidates.at(-1) ??
    ''
  ).slice(0, 300);
}

/**
 * What a finished ffmpeg means for a user; null when all is well. A full disk counts even with exit code 0: ffmpeg
 * ignores a failed write of the last few kilobytes.
 */
export function errorFromFfmpeg(end: {
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  readonly stderr: string;
  readonly outputPaths?: readonly string[];
}): DubwrightError | null {
  const { exitCode, exitSignal, stderr, outputPaths = [] } = end;
  if (/No space left on device|Disk quota exceeded/i.test(stderr)) {
    return new DubwrightError('DISK_FULL', outputPaths.length === 0 ? {} : { path: outputPaths[0] });
  }
  if (exitSignal !== null)
    return new DubwrightError('FFMPEG_FAILED', { reason: `killed by ${exitSignal}`, signal: exitSignal });
  if (exitCode === 0) return null;
  const refused = outputPaths.find((path) =>
    stderr
      .split('\n')
      .some((line) => line.includes(path) && /Permission denied|Read-only file system/.test(line)),
  );
  if (refused !== undefined) return new DubwrightError('OUTPUT_NOT_WRITABLE', { path: refused });
  const reason = meaningfulLine(stderr);
  return new DubwrightError('FFMPEG_FAILED', {
    reason: reason === '' ? `exit code ${exitCode ?? '?'}` : reason,
  });
}

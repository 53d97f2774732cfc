import { readFile } from 'node:fs/promises';
import { DubwrightError } from '../../contract/errors.ts';
import { SubtitleSyntaxError } from '../../core/subtitles/cue.ts';
import type { Cue } from '../../core/subtitles/cue.ts';
import { parseSubtitles } from '../../core/subtitles/parse-subtitles.ts';

/** No subtitle file of a film comes near this; something else was given by mistake. */
const mostBytes = 50 * 1024 ** 2;

/** UTF-8 or UTF-16 by the byte order mark, UTF-8 without one, and Windows-1252 for what is no valid UTF-8. */
function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/**
 * Reads an SRT or VTT file.
 * @throws DubwrightError FILE_NOT_FOUND, FILE_NOT_READABLE, SUBTITLES_UNREADABLE with `line`
 */
export async function readSubtitles(path: string): Promise<Cue[]> {
  const bytes = await readFile(path).catch((thrown: unknown) => {
    const isMissing = thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
    throw new DubwrightError(isMissing ? 'FILE_NOT_FOUND' : 'FILE_NOT_READABLE', { path }, { cause: thrown });
  });
  if (bytes.byteLength > mostBytes) {
    throw new DubwrightError('SUBTITLES_UNREADABLE', { path, line: 1, reason: 'far too large' });
  }
  try {
    return parseSubtitles(decodeText(bytes));
  } catch (thrown) {
    if (!(thrown instanceof SubtitleSyntaxError)) throw thrown;
    const { line, message } = thrown;
    throw new DubwrightError('SUBTITLES_UNREADABLE', { path, line, reason: message }, { cause: thrown });
  }
}

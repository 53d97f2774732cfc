/** One subtitle: what is said, and when. Times are milliseconds on the subtitle file's own clock. */
export interface Cue {
  readonly startMs: number;
  /** Not before `startMs`. */
  readonly endMs: number;
  /** Lines separated by `\n`; marks such as `<i>` are kept as they stand. */
  readonly text: string;
}

/** Thrown by the parsers; `line` counts from 1. The studio turns it into `SUBTITLES_UNREADABLE`. */
export class SubtitleSyntaxError extends Error {
  readonly line: number;

  constructor(line: number, reason: string) {
    super(`line ${line}: ${reason}`);
    this.name = 'SubtitleSyntaxError';
    this.line = line;
  }
}

/** The text without `<i>`, `<c.yellow>`, `<00:01.000>`, `{\an8}` and the like; what is spoken. */
export function plainText(text: string): string {
  return text
    .replace(/<\/?[a-z0-9][^<>\n]*>/gi, '')
    .replace(/\{\\[^{}\n]*\}/g, '')
    .trim();
}

/**
 * Everything that can go wrong in a way a person can do something about. A code keeps its meaning for ever and
 * crosses process borders unchanged; `error-text.ts` turns it into a sentence and a remedy.
 */
export const errorCodes = [
  'USAGE',
  'FILE_NOT_FOUND',
  'FILE_NOT_READABLE',
  'MEDIA_UNREADABLE',
  'MEDIA_TRUNCATED',
  'MEDIA_NO_VIDEO',
  'MEDIA_NO_FRAMES',
  'MEDIA_NO_AUDIO',
  'AUDIO_EMPTY',
  'SUBTITLES_UNREADABLE',
  'FACE_NOT_CHOSEN',
  'FACE_UNKNOWN',
  'FACE_LIBRARY_EMPTY',
  'MODEL_NOT_FOUND',
  'MODEL_UNREADABLE',
  'MODEL_WRONG_SHAPE',
  'MODEL_PACK_MISSING',
  'PROVIDER_UNAVAILABLE',
  'PROJECT_CORRUPT',
  'PROJECT_TOO_NEW',
  'PROJECT_LOCKED',
  'PROJECT_OTHER_SOURCE',
  'OUTPUT_EXISTS',
  'OUTPUT_NOT_WRITABLE',
  'OUTPUT_FORMAT_UNKNOWN',
  'DISK_FULL',
  'FFMPEG_MISSING',
  'FFMPEG_FAILED',
  'ENGINE_DIED',
  'CANCELLED',
  'INTERNAL',
] as const;

/** One of the closed list of error codes. */
export type ErrorCode = (typeof errorCodes)[number];

/** Facts that fill the gaps of an error's sentence: file names, numbers, names of things. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** The one error class that rooms throw at each other; anything else that escapes is reported as `INTERNAL`. */
export class DubwrightError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(`${code} ${JSON.stringify(details)}`, options);
    this.name = 'DubwrightError';
    this.code = code;
    this.details = details;
  }
}

/** What crosses a process border in place of an error object. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  /** For the log only, never shown to a user. */
  readonly stack?: string;
}

/** Folds any thrown value into a record; unknown values become `INTERNAL` with their text in `details.cause`. */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  const stack = thrown instanceof Error && thrown.stack !== undefined ? { stack: thrown.stack } : {};
  if (thrown instanceof DubwrightError) return { code: thrown.code, details: thrown.details, ...stack };
  if (thrown instanceof Error && thrown.name === 'AbortError')
    return { code: 'CANCELLED', details: {}, ...stack };
  const cause = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'INTERNAL', details: { cause }, ...stack };
}

/** The error that a record stands for, on the far side of a border. */
export function fromErrorRecord(record: ErrorRecord): DubwrightError {
  const error = new DubwrightError(record.code, record.details);
  if (record.stack !== undefined) error.stack = record.stack;
  return error;
}

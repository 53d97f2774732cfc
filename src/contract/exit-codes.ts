import type { ErrorCode } from './errors.ts';

/**
 * What the shell command returns for each error, after sysexits.h (https://man.openbsd.org/sysexits.3); 130 is what a
 * shell itself reports for Ctrl-C. Scripts rely on these numbers: they are listed in docs/errors.md and never change.
 */
export const exitCodes: Readonly<Record<ErrorCode, number>> = {
  USAGE: 64,
  OUTPUT_FORMAT_UNKNOWN: 64,
  MEDIA_UNREADABLE: 65,
  MEDIA_TRUNCATED: 65,
  MEDIA_NO_VIDEO: 65,
  MEDIA_NO_FRAMES: 65,
  MEDIA_NO_AUDIO: 65,
  AUDIO_EMPTY: 65,
  SUBTITLES_UNREADABLE: 65,
  MODEL_UNREADABLE: 65,
  MODEL_WRONG_SHAPE: 65,
  PROJECT_CORRUPT: 65,
  PROJECT_OTHER_SOURCE: 65,
  FILE_NOT_FOUND: 66,
  FILE_NOT_READABLE: 66,
  MODEL_NOT_FOUND: 66,
  FACE_NOT_CHOSEN: 67,
  FACE_UNKNOWN: 67,
  FACE_LIBRARY_EMPTY: 67,
  MODEL_PACK_MISSING: 69,
  PROVIDER_UNAVAILABLE: 69,
  FFMPEG_MISSING: 69,
  FFMPEG_FAILED: 70,
  ENGINE_DIED: 70,
  INTERNAL: 70,
  OUTPUT_EXISTS: 73,
  OUTPUT_NOT_WRITABLE: 73,
  DISK_FULL: 74,
  PROJECT_LOCKED: 75,
  PROJECT_TOO_NEW: 76,
  CANCELLED: 130,
};

import type { ErrorCode, ErrorDetails } from './errors.ts';

/** An error as a person reads it: what happened, and what to do now. Each is one sentence with its full stop. */
export interface ErrorText {
  readonly sentence: string;
  readonly remedy: string;
}

type Writer = (details: ErrorDetails) => ErrorText;

/** The file that an error is about, in quotes; `other` where the details name none. */
function file(details: ErrorDetails, other: string): string {
  const { path } = details;
  return path === undefined ? other : `"${String(path)}"`;
}

/** A detail as text on one line, or `other`. */
function fact(details: ErrorDetails, name: string, other: string): string {
  const text = String(details[name] ?? '');
  const line = text.split('\n').find((part) => part.trim() !== '') ?? '';
  return line === '' ? other : line.trim();
}

/** ` (why)` where the details tell more, cut to a short line; nothing otherwise. */
function because(details: ErrorDetails): string {
  const line = fact(details, 'reason', fact(details, 'cause', '')).replace(/[.\s]+$/, '');
  return line === '' ? '' : ` (${line.length > 200 ? `${line.slice(0, 200)}…` : line})`;
}

/** What to do about a file that was given as one of SyncNet's networks; null about any other. */
function syncNetRemedy({ model }: ErrorDetails): string | null {
  return String(model).startsWith('syncnet')
    ? "Give SyncNet's two networks as ONNX files with --syncnet-face and --syncnet-sound; docs/syncnet.md says how to make them."
    : null;
}

/** What to do about a file that belongs to Dubwright itself; null about any other. */
function bundledRemedy({ model }: ErrorDetails): string | null {
  return model === 'sync-expert'
    ? 'The lip-sync expert comes with Dubwright, in its folder "models": install Dubwright again.'
    : null;
}

const texts: Readonly<Record<ErrorCode, Writer>> = {
  USAGE: (details) => ({
    sentence: `${sentenceCase(fact(details, 'problem', fact(details, 'reason', 'The command line is not understood')))}.`,
    remedy: 'Run the command with --help to see how it is used.',
  }),
  FILE_NOT_FOUND: (details) => ({
    sentence: `There is no file ${file(details, 'of that name')}.`,
    remedy: 'Check the name and the folder; names with spaces need quotes.',
  }),
  FILE_NOT_READABLE: (details) => ({
    sentence: `The file ${file(details, 'given')} cannot be read${because(details)}.`,
    remedy: 'Check that it is a file, not a folder, and that you may read it.',
  }),
  MEDIA_UNREADABLE: (details) => ({
    sentence: `${file(details, 'The file')} is not a film or sound that ffmpeg can read${because(details)}.`,
    remedy: 'Play it in a media player; if that fails too, get the file again from where it came.',
  }),
  MEDIA_TRUNCATED: (details) => ({
    sentence: `${file(details, 'The file')} is cut off or damaged${because(details)}.`,
    remedy: 'Copy or download it again, and compare its size with the original.',
  }),
  MEDIA_NO_VIDEO: (details) => ({
    sentence: `${file(details, 'The file')} has no picture.`,
    remedy: 'Give a film first and the voice second: dubwright dub FILM VOICE.',
  }),
  MEDIA_NO_FRAMES: (details) => ({
    sentence: `${file(details, 'The film')} has a picture stream without a single frame.`,
    remedy: 'Export the film again from the program that made it.',
  }),
  MEDIA_NO_AUDIO: (details) => ({
    sentence: `${file(details, 'The file')} has no sound.`,
    remedy: 'Give the voice as WAV, MP3, M4A, FLAC, OGG or a film with sound.',
  }),
  AUDIO_EMPTY: (details) => ({
    sentence: `The sound in ${file(details, 'the file')} is empty.`,
    remedy: 'Export the voice again and check that it plays.',
  }),
  SUBTITLES_UNREADABLE: (details) => ({
    sentence: `${file(details, 'The subtitle file')} is not a subtitle file that can be read${because(details)}.`,
    remedy: 'Give SubRip (.srt) or WebVTT (.vtt) text with times like 00:00:01,000 --> 00:00:02,500.',
  }),
  FACE_NOT_CHOSEN: (details) => ({
    sentence: `No face was found at ${fact(details, 'at', 'the place given')}.`,
    remedy: 'List the faces with "dubwright faces FILM" and choose one with --face.',
  }),
  FACE_UNKNOWN: (details) => ({
    sentence: `The film has no face ${fact(details, 'face', fact(details, 'personId', 'of that number'))}${knownFaces(details)}.`,
    remedy: 'List the faces with "dubwright faces FILM" and choose one of those with --face.',
  }),
  FACE_LIBRARY_EMPTY: (details) => ({
    sentence: `The film never shows this mouth clearly enough to borrow from it${because(details)}.`,
    remedy: 'Choose another face with --face, or use --engine generator with a model.',
  }),
  MODEL_NOT_FOUND: (details) => ({
    sentence: `There is no model file ${file(details, 'given')}.`,
    remedy:
      bundledRemedy(details) ??
      syncNetRemedy(details) ??
      'Give an ONNX file with --model, or leave --engine out to use the built-in engine.',
  }),
  MODEL_UNREADABLE: (details) => ({
    sentence: `${file(details, 'The model')} is not an ONNX model that can be loaded${because(details)}.`,
    remedy:
      bundledRemedy(details) ??
      syncNetRemedy(details) ??
      'Give a Wav2Lip-shaped generator exported to ONNX; a .pth checkpoint must be converted first.',
  }),
  MODEL_WRONG_SHAPE: (details) => ({
    sentence: `${file(details, 'The model')} is an ONNX model of another kind${because(details)}.`,
    remedy:
      bundledRemedy(details) ??
      syncNetRemedy(details) ??
      'Give a generator with a sound input of 1×80×16, a face input of 6 channels and one picture as output.',
  }),
  MODEL_PACK_MISSING: (details) => ({
    sentence: `The bundled face models are missing and could not be built${because(details)}.`,
    remedy: 'Run "npm ci" and then "npm run models" in the folder of Dubwright.',
  }),
  PROVIDER_UNAVAILABLE: (details) => ({
    sentence: `The execution provider ${fact(details, 'provider', 'asked for')} does not work here${because(details)}.`,
    remedy: 'See what does with "dubwright providers", or leave --provider out.',
  }),
  PROJECT_CORRUPT: (details) => ({
    sentence: `${file(details, 'The project')} is not a Dubwright project or is damaged${because(details)}.`,
    remedy: 'Give another file with --project, or put back a copy of this one; it has not been changed.',
  }),
  PROJECT_TOO_NEW: (details) => ({
    sentence: `${file(details, 'The project')} was written by a newer Dubwright.`,
    remedy: 'Update Dubwright, or give another file with --project; this one has not been changed.',
  }),
  PROJECT_LOCKED: (details) => ({
    sentence: `${file(details, 'The project')} is in use by another Dubwright.`,
    remedy: 'Wait until that one has finished, or end it.',
  }),
  PROJECT_OTHER_SOURCE: (details) => ({
    sentence: `${file(details, 'The project')} belongs to another film${because(details)}.`,
    remedy: 'Give the film that the project was made with, or another file with --project.',
  }),
  OUTPUT_EXISTS: (details) => ({
    sentence: `${file(details, 'The output file')} exists already.`,
    remedy: 'Choose another name with -o, or add --force to overwrite it.',
  }),
  OUTPUT_NOT_WRITABLE: (details) => ({
    sentence: `${file(details, 'The output file')} cannot be written${because(details)}.`,
    remedy: 'Choose a folder that exists and that you may write to with -o.',
  }),
  OUTPUT_FORMAT_UNKNOWN: (details) => ({
    sentence: `${file(details, 'The output name')} does not end in a format that this codec can be written to${because(details)}.`,
    remedy: 'Use .mp4 or .mov for h264 and hevc, .mov for prores and .mkv for ffv1.',
  }),
  DISK_FULL: (details) => ({
    sentence: `The disk is full${details['path'] === undefined ? '' : ` at ${file(details, '')}`}.`,
    remedy: 'Free some space and run the same command again: finished takes are kept.',
  }),
  FFMPEG_MISSING: (details) => ({
    sentence: `${fact(details, 'tool', 'ffmpeg')} was not found or does not start${because(details)}.`,
    remedy: 'Run "npm ci", install ffmpeg 5 or newer, or set DUBWRIGHT_FFMPEG and DUBWRIGHT_FFPROBE.',
  }),
  FFMPEG_FAILED: (details) => ({
    sentence: `ffmpeg stopped before its work was done${because(details)}.`,
    remedy: 'Run the same command again; if it stops again, see what "dubwright doctor" says.',
  }),
  ENGINE_DIED: (details) => ({
    sentence: `The engine process ended unexpectedly${death(details)}.`,
    remedy: 'Run the same command again; finished takes are kept.',
  }),
  CANCELLED: () => ({
    sentence: 'Stopped before the work was done.',
    remedy: 'Run the same command again to go on: finished takes are kept.',
  }),
  INTERNAL: (details) => ({
    sentence: `Something went wrong inside Dubwright${because(details)}.`,
    remedy: 'Run it again with DUBWRIGHT_DEBUG=1 and report what it prints.',
  }),
};

function sentenceCase(text: string): string {
  const bare = text.trim().replace(/\.$/, '');
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

function knownFaces(details: ErrorDetails): string {
  const known = fact(details, 'known', '');
  return known === '' ? '' : ` (it has ${known})`;
}

function death(details: ErrorDetails): string {
  if (details['signal'] !== undefined) return ` (signal ${String(details['signal'])})`;
  if (details['exitCode'] !== undefined) return ` (exit code ${String(details['exitCode'])})`;
  return because(details);
}

/** The sentence and the remedy of an error. Only facts in `details` are filled in; without them it reads as well. */
export function errorText(code: ErrorCode, details: ErrorDetails): ErrorText {
  return texts[code](details);
}

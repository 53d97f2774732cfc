import type { Cue } from './cue.ts';

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');

function stamp(timeMs: number, decimalMark: ',' | '.'): string {
  const ms = Math.max(0, Math.round(timeMs));
  const [seconds, minutes, hours] = [
    Math.floor(ms / 1000),
    Math.floor(ms / 60_000),
    Math.floor(ms / 3_600_000),
  ];
  return `${pad(hours, 2)}:${pad(minutes % 60, 2)}:${pad(seconds % 60, 2)}${decimalMark}${pad(ms % 1000, 3)}`;
}

/** A blank line would end the cue, so none can be written inside one. */
function textLines(text: string): string[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '');
}

/** The cues as an SRT file, counted from 1, `\n` line endings. Blank lines inside texts are left out. */
export function serialiseSrt(cues: readonly Cue[]): string {
  const blocks = cues.map((cue, index) => {
    const times = `${stamp(cue.startMs, ',')} --> ${stamp(cue.endMs, ',')}`;
    return [String(index + 1), times, ...textLines(cue.text), ''].join('\n');
  });
  return blocks.join('\n');
}

/** The cues as a WebVTT file (https://www.w3.org/TR/webvtt1/). Blank lines inside texts are left out. */
export function serialiseVtt(cues: readonly Cue[]): string {
  const blocks = cues.map((cue) => {
    const times = `${stamp(cue.startMs, '.')} --> ${stamp(cue.endMs, '.')}`;
    return [times, ...textLines(cue.text), ''].join('\n');
  });
  return ['WEBVTT\n', ...blocks].join('\n');
}

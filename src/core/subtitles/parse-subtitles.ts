import { SubtitleSyntaxError } from './cue.ts';
import type { Cue } from './cue.ts';

/*
 * SRT has no specification; WebVTT does (https://www.w3.org/TR/webvtt1/). Files in the wild have byte order marks,
 * any line ending, points for commas, hours left out, missing or repeated counters, settings after the times, cues
 * without text and blank lines inside a text. One reader takes both formats: what counts is the line with the arrow.
 */
const stamp = String.raw`(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,9}))?`;
const timing = new RegExp(String.raw`^\s*${stamp}\s*-{1,2}>\s*${stamp}(?:\s.*)?$`);
/** Not readable, but clearly meant as times. */
const meantAsTiming = /^\s*\d+:.*-{1,2}>/;
const counter = /^\s*\d+\s*$/;
const nonCueBlock = /^\s*(WEBVTT|NOTE|STYLE|REGION)(\s|$)/;

interface NumberedLine {
  /** Counts from 1. */
  readonly number: number;
  readonly text: string;
}

/** Runs of lines between blank ones. */
function blocksOf(content: string): NumberedLine[][] {
  const blocks: NumberedLine[][] = [[]];
  for (const [index, text] of content.split(/\r\n|\n|\r/).entries()) {
    if (text.trim() === '') blocks.push([]);
    else blocks.at(-1)?.push({ number: index + 1, text: text.trimEnd() });
  }
  return blocks.filter((block) => block.length > 0);
}

function milliseconds(parts: readonly (string | undefined)[]): number {
  const [hours = '0', minutes = '0', seconds = '0', fraction = '0'] = parts;
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return whole * 1000 + Math.round(Number(`0.${fraction}`) * 1000);
}

function readTiming(line: NumberedLine): { startMs: number; endMs: number } {
  const match = timing.exec(line.text);
  if (!match) throw new SubtitleSyntaxError(line.number, 'times that cannot be read');
  const startMs = milliseconds(match.slice(1, 5));
  const endMs = milliseconds(match.slice(5, 9));
  if (endMs < startMs) throw new SubtitleSyntaxError(line.number, 'a cue that ends before it begins');
  return { startMs, endMs };
}

/**
 * Which lines hold times. Where a cue must have them, below its counter or name, a line that was meant as times
 * counts too, so that a slip of the pen is reported and not taken for text.
 */
function timingLines(block: readonly NumberedLine[]): number[] {
  const starts: number[] = [];
  for (const [index, { text }] of block.entries()) {
    const isExpected = starts.length === 0 && index <= 1;
    if (timing.test(text) || (isExpected && meantAsTiming.test(text))) starts.push(index);
  }
  return starts;
}

/** The cues of one block: usually one; several where the blank lines between them are missing. */
function readBlock(block: readonly NumberedLine[]): Cue[] {
  const starts = timingLines(block);
  return starts.map((start, which) => {
    const next = starts[which + 1] ?? block.length;
    const lines = block.slice(start + 1, next).map((line) => line.text);
    // The next cue's counter is no text of this one.
    if (next < block.length && counter.test(lines.at(-1) ?? '')) lines.pop();
    return { ...readTiming(block[start] ?? { number: 0, text: '' }), text: lines.join('\n') };
  });
}

/**
 * Reads SRT or WebVTT, whichever it is, as tolerantly as players do. Cues come in the file's order and may overlap.
 * @param content The file's text, decoded.
 * @throws SubtitleSyntaxError with the line where reading stopped; also for a file without any cue.
 */
export function parseSubtitles(content: string): Cue[] {
  const cues: Cue[] = [];
  for (const block of blocksOf(content.replace(/^\uFEFF/, ''))) {
    const found = readBlock(block);
    const last = cues.at(-1);
    const first = block[0]?.text ?? '';
    if (found.length > 0) cues.push(...found);
    else if (last && !nonCueBlock.test(first) && !(block.length === 1 && counter.test(first))) {
      // A blank line inside a cue's text.
      cues[cues.length - 1] = { ...last, text: [last.text, ...block.map((line) => line.text)].join('\n') };
    }
  }
  if (cues.length === 0) throw new SubtitleSyntaxError(1, 'no cue in the whole file');
  return cues;
}

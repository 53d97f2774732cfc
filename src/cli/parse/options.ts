import { parseTimePoint } from './time.ts';
import type { TimePoint } from './time.ts';
import { usageError } from './usage.ts';

/** A place in a film: `time:x,y`, pixels of the upright picture. */
export interface FacePlace {
  readonly at: TimePoint;
  readonly x: number;
  readonly y: number;
}

/**
 * Reads `12.4s:640,360` (also `1:02.5:640,360`).
 * @throws DubwrightError USAGE.
 */
export function parseFacePlace(text: string): FacePlace {
  const match = /^(.+):(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/.exec(text.trim());
  const [, time, x, y] = match ?? [];
  if (time === undefined) throw usageError(`"${text}" is not a place; write TIME:X,Y as in 12.4s:640,360`);
  return { at: parseTimePoint(time), x: Number(x), y: Number(y) };
}

/**
 * Reads a level in decibels: `-18`, `-18dB`, `0`.
 * @throws DubwrightError USAGE outside -60 to 12.
 */
export function parseLevelDb(text: string): number {
  const number = /^([+-]?\d+(?:\.\d+)?)\s*(?:db)?$/i.exec(text.trim())?.[1];
  const level = Number(number);
  if (number === undefined || level < -60 || level > 12) {
    throw usageError(`"${text}" is not a level; write decibels from -60 to 12, as in -18`);
  }
  return level;
}

/**
 * Reads a number counted from 1.
 * @throws DubwrightError USAGE.
 */
export function parseOrdinal(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text.trim())) throw usageError(`"${text}" is not a number from 1 on`);
  return Number(text);
}

/**
 * A reader that takes one of the given words.
 * @throws DubwrightError USAGE, naming the option and the words.
 */
export function oneOf<Word extends string>(option: string, words: readonly Word[]): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text.toLowerCase());
    if (word === undefined) throw usageError(`${option} takes ${listed(words)}, not "${text}"`);
    return word;
  };
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

import { usageError } from './usage.ts';

/** A point in a film as people type it: milliseconds, or a frame of the film's own grid. */
export type TimePoint =
  { readonly unit: 'ms'; readonly value: number } | { readonly unit: 'frames'; readonly value: number };

const patterns = {
  frames: /^(\d+)f$/i,
  milliseconds: /^(\d+(?:\.\d+)?)ms$/i,
  seconds: /^(\d+(?:\.\d+)?|\.\d+)s?$/i,
  clock: /^(?:(\d+):)?(\d{1,3}):([0-5]?\d(?:\.\d+)?)$/,
};

/**
 * Reads `12.4s`, `12.4`, `500ms`, `1:02.5`, `1:00:02.5` or `310f`.
 * @throws DubwrightError USAGE when the text is none of these.
 */
export function parseTimePoint(text: string): TimePoint {
  const trimmed = text.trim();
  const frames = patterns.frames.exec(trimmed)?.[1];
  if (frames !== undefined) return { unit: 'frames', value: Number(frames) };
  const milliseconds = patterns.milliseconds.exec(trimmed)?.[1];
  if (milliseconds !== undefined) return { unit: 'ms', value: Number(milliseconds) };
  const seconds = patterns.seconds.exec(trimmed)?.[1];
  if (seconds !== undefined) return { unit: 'ms', value: roundMicro(Number(seconds) * 1000) };
  const clock = patterns.clock.exec(trimmed);
  if (clock !== null) {
    const [, hours = '0', minutes, rest] = clock;
    const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
    return { unit: 'ms', value: roundMicro(total * 1000) };
  }
  throw usageError(`"${text}" is not a time; write 12.4s, 500ms, 1:02.5 or 310f`);
}

/**
 * Reads a time like `parseTimePoint`, or the same with a minus before it: `-0.5s`.
 * @throws DubwrightError USAGE.
 */
export function parseTimeOffset(text: string): TimePoint {
  const trimmed = text.trim();
  if (!trimmed.startsWith('-')) return parseTimePoint(trimmed);
  const { unit, value } = parseTimePoint(trimmed.slice(1));
  return { unit, value: 0 - value };
}

/** `62.3 * 1000` is not 62300 in binary; a microsecond is far below any frame. */
function roundMicro(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

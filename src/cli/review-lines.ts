import type { DubReport } from '../contract/dub.ts';

/** Segments named in one line; the report has them all. */
const mostNamed = 8;

/** `00:00:12:05`: hours, minutes, seconds and frames into the second. */
export function timecode(seconds: number, frameRate: DubReport['frameRate']): string {
  const whole = Math.floor(seconds + 1e-6);
  const frames = Math.floor(((seconds - whole) * frameRate.num) / frameRate.den + 1e-3);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60, Math.max(0, frames)];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** Which segments are worth a look and why; nothing where nothing was scored. */
export function reviewLines({ frameRate, scoredSegments, segments }: DubReport): string[] {
  if (scoredSegments === 0) return [];
  const doubtful = segments.flatMap(({ review, startSeconds }, index) =>
    review.needed ? [{ number: index + 1, startSeconds, reasons: review.reasons }] : [],
  );
  const of = `${doubtful.length} of ${segments.length} ${segments.length === 1 ? 'segment' : 'segments'}`;
  if (doubtful.length === 0) return [`The lips follow the voice: no segment needs a second look.`];
  const named = doubtful
    .slice(0, mostNamed)
    .map(({ number, startSeconds }) => `${number} (${timecode(startSeconds, frameRate)})`);
  const more = doubtful.length > mostNamed ? `, and ${doubtful.length - mostNamed} more` : '';
  const verb = doubtful.length === 1 ? 'is' : 'are';
  const byReason = Map.groupBy(doubtful, ({ reasons }) => reasons.join('; '));
  const why = [...byReason].slice(0, mostNamed).map(([reasons, own]) => {
    const numbers = own.map(({ number }) => number).join(', ');
    return `  ${numbers}: ${reasons}`;
  });
  return [`${of} ${verb} worth a look: ${named.join(', ')}${more}`, ...why];
}

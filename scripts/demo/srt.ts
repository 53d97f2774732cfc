import type { Utterance } from './utterance.ts';

function timestamp(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const part = (value: number, width: number): string => String(value).padStart(width, '0');
  const clock = [Math.floor(ms / 3600000), Math.floor(ms / 60000) % 60, Math.floor(ms / 1000) % 60];
  return `${clock.map((value) => part(value, 2)).join(':')},${part(ms % 1000, 3)}`;
}

/** SubRip cues, one per sentence. */
export function formatSrt(sentences: Utterance['sentences']): string {
  return sentences
    .map(
      (s, index) => `${index + 1}\n${timestamp(s.startSeconds)} --> ${timestamp(s.endSeconds)}\n${s.text}\n`,
    )
    .join('\n');
}

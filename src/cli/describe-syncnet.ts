import type { SyncReport } from '../contract/sync-report.ts';
import { clockText } from '../core/time/clock-text.ts';
import { offsetWords } from './describe-sync.ts';

type Opinion = NonNullable<SyncReport['syncNet']>[number];

const doubts: Readonly<Record<NonNullable<Opinion['doubt']>, string>> = {
  short: 'not seen long enough for SyncNet, which wants more than 4 s',
  'small-face': 'smaller than the 100 pixels that SyncNet wants',
  'no-sound': 'no sound there',
  'no-number': 'the networks answered with no numbers',
};

/** SyncNet's opinion in an editor's words, face by face; nothing where it was not asked. */
export function describeSyncNet({ syncNet }: SyncReport): string[] {
  if (syncNet === null) return [];
  return ["SyncNet's opinion:", ...syncNet.map(describeOpinion)];
}

function describeOpinion(opinion: Opinion): string {
  const { doubt, endSeconds, numbers, personId, startSeconds } = opinion;
  const time = `${clockText(startSeconds)} – ${clockText(endSeconds)}`;
  const doubtWords = doubt === null ? [] : [doubts[doubt]];
  const words = numbers === null ? doubtWords : [numberWords(numbers), ...doubtWords];
  return `  ${time.padEnd(17)}  face ${personId}: ${words.join('; ')}`;
}

function numberWords({
  avOffsetFrames,
  lseC,
  lseD,
  offsetFrames,
  offsetMs,
}: NonNullable<Opinion['numbers']>): string {
  const figures = `LSE-D ${lseD.toFixed(2)}, LSE-C ${lseC.toFixed(2)}, its own AV offset ${avOffsetFrames}`;
  return `${offsetWords(offsetMs, offsetFrames)}; ${figures}`;
}

import { lipFeatureCount } from '../faces/lip-features.ts';
import { isBorneOut } from './evidence.ts';
import type { HeardSound } from './heard-sound.ts';
import { scoreOf } from './offset-score.ts';
import { lipMarginMoments, OffsetTable, soundMarginMoments } from './offset-table.ts';
import { contextMoments, type Embeddings, type SyncExpert } from './sync-expert.ts';
import { momentRateHz, type LipTable, type OffsetScore, type SecondScore, type SyncScore } from './types.ts';

/** Moments compared at once: 20 s. */
export const blockMoments = 20 * momentRateHz;

/** A second is judged by this much of the film. */
const windowMoments = 2 * momentRateHz;

/** Lips of so much film on both sides of a block take part in comparing it. */
export const lipsAroundMoments = lipMarginMoments + contextMoments;

/** What lips are compared with. */
export interface Comparison {
  readonly expert: SyncExpert;
  readonly sound: HeardSound;
  readonly signal: AbortSignal;
}

/** A score of the whole, and second by second. */
export interface LipsScore extends OffsetScore {
  readonly seconds: readonly SecondScore[];
}

/**
 * Scores one mouth against a sound. Only moments count at which the mouth is seen and somebody speaks.
 * @param lips the mouth's frames, z-scored; on the film's clock, as the sound is
 * @param frameRate of the film, frames per second
 * @throws AbortError; DubwrightError MODEL_WRONG_SHAPE
 */
export async function scoreOffsets(
  comparison: Comparison,
  lips: LipTable,
  frameRate: number,
): Promise<LipsScore> {
  const table = await compareLips(comparison, lips);
  const settings = { biasMs: comparison.expert.biasMs, frameRate };
  const sums = OffsetTable.sumsOfAll([table]);
  const whole = scoreOf(sums, settings);
  return { ...whole, curve: sums.curve, seconds: secondScores([table], whole, settings) };
}

/** Compares one mouth with a sound at all offsets, in blocks. */
export async function compareLips(comparison: Comparison, lips: LipTable): Promise<OffsetTable> {
  const { signal, sound } = comparison;
  const { seconds } = lips;
  const rows = lips.features.length / lipFeatureCount;
  const start = rows > 0 ? Math.floor(seconds[0] * momentRateHz) : 0;
  const end = rows > 0 ? Math.ceil(seconds[rows - 1] * momentRateHz) + 1 : 0;
  const table = new OffsetTable(start, end);
  for (let at = table.startMoment; at < end; at += blockMoments) {
    signal.throwIfAborted();
    const count = Math.min(blockMoments, end - at);
    const around = rowsBetween(lips, at - lipsAroundMoments, at + count + lipsAroundMoments);
    if (!hasVoice(sound, at, count)) continue;
    const heard = await hearBlock(comparison, at, count);
    await addBlock(comparison, { table, lips: around, heard, start: at, count });
  }
  return table;
}

/** Embeds the sound of a block, with the margin that `addBlock` needs. */
export function hearBlock({ expert, sound }: Comparison, start: number, count: number): Promise<Embeddings> {
  return expert.soundEmbeddings(sound, start - soundMarginMoments, count + 2 * soundMarginMoments);
}

/** Compares a block of lips with the sound around it. */
export async function addBlock(
  { expert, sound }: Comparison,
  block: {
    readonly table: OffsetTable;
    /** With `lipsAroundMoments` of the film beyond both ends, where there is any. */
    readonly lips: LipTable;
    /** From `hearBlock`. */
    readonly heard: Embeddings;
    readonly start: number;
    readonly count: number;
  },
): Promise<void> {
  const { count, heard, lips, start, table } = block;
  if (lips.features.length === 0 || !hasVoice(sound, start, count)) return;
  const first = start - lipMarginMoments;
  const embeddings = await expert.lipEmbeddings(lips, first, count + 2 * lipMarginMoments);
  const { seen } = embeddings;
  const counts = seen.map((isSeen, i) => (isSeen === 1 && sound.isNearVoice(first + i) ? 1 : 0));
  const voiced = counts.map((isCounted, i) => (isCounted === 1 && sound.isVoiced(first + i) ? 1 : 0));
  table.add({ start, count, lips: embeddings, sound: heard, counts, voiced });
}

/** Whether somebody speaks in or next to a block: where not, there is nothing to compare. */
export function hasVoice(sound: HeardSound, start: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (sound.isNearVoice(start + i)) return true;
  return false;
}

/** The frames of a table that lie between two moments, with one more at each end. */
function rowsBetween({ features, seconds }: LipTable, start: number, end: number): LipTable {
  const rows = features.length / lipFeatureCount;
  let first = 0;
  while (first + 1 < rows && seconds[first + 1] * momentRateHz < start) first++;
  let last = first;
  while (last < rows && (last === 0 || seconds[last - 1] * momentRateHz < end)) last++;
  return {
    features: features.subarray(first * lipFeatureCount, last * lipFeatureCount),
    seconds: Array.from({ length: last - first }, (_, i) => seconds[first + i]),
  };
}

/**
 * Scores of every second that the tables touch, each judged by the two seconds around its middle (the first and last
 * two at the ends), and where these are not sure, by whether they say what the whole says.
 */
export function secondScores(
  tables: readonly OffsetTable[],
  whole: SyncScore,
  settings: { readonly biasMs: number; readonly frameRate: number },
): SecondScore[] {
  if (tables.length === 0) return [];
  const start = Math.min(...tables.map((table) => table.startMoment));
  const end = Math.max(...tables.map((table) => table.endMoment));
  const scores: SecondScore[] = [];
  for (let second = Math.floor(start / momentRateHz); second * momentRateHz < end; second++) {
    const first = Math.min((second - 0.5) * momentRateHz, end - windowMoments);
    const from = Math.max(start, first);
    const sums = OffsetTable.sumsOfAll(tables, from, from + windowMoments);
    const score = scoreOf(sums, settings);
    const evidence = isBorneOut({ ...score, movement: sums.movement }, whole) ? 'ok' : score.evidence;
    scores.push({ second, ...score, evidence });
  }
  return scores;
}

/**
 * `npm run bench:sync`: how far the lip-sync expert can be relied on, on close-ups that it has never seen. A clip's own
 * lag is found over all of it; then
 *
 *   - windows of 2 s, half a second apart: is the offset within 40 ms of that lag?
 *   - windows of 1 s: are lips and sound nearer to each other at that lag than 240 to 600 ms away from it? Every
 *     window against every such shift is one comparison.
 *
 *   - windows of 2 s of one clip's sound with the lips of another clip beside its own: whose lips are taken to speak?
 *
 * Windows in which less than half is a visible mouth with voice do not count.
 *
 *   npm run bench:sync -- [name part …]   only these clips
 *   DUBWRIGHT_BENCH_FOLDER=folder         keeps faces and sounds there
 *   DUBWRIGHT_SYNC_EXPERT=folder          another expert than the bundled one
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { scoreOf } from '../../src/engine/sync/offset-score.ts';
import { offsetMsAt, OffsetTable } from '../../src/engine/sync/offset-table.ts';
import {
  speakerActivity,
  speakerBetween,
  type SpeakerChoice,
  type SpeakerFit,
} from '../../src/engine/sync/speaker-activity.ts';
import { createSyncExpert, type SyncExpert } from '../../src/engine/sync/sync-expert.ts';
import { momentRateHz, momentMs, searchMoments } from '../../src/engine/sync/types.ts';
import { sharedFolder } from '../support/shared-media.ts';
import { clipNames, compareClip, hardClips, heldOutCloseUps, openClip, type SyncClip } from './sync-clips.ts';

const clips = sharedFolder('clips');
const folder = process.env['DUBWRIGHT_BENCH_FOLDER'] ?? join(import.meta.dirname, '../../out/bench-sync');
const modelsFolder = process.env['DUBWRIGHT_SYNC_EXPERT'];
const stepMoments = 25;
const toleranceMs = 40;
const shiftsMs = { least: 240, most: 600 };

interface Accuracy {
  readonly lagMs: number;
  readonly confidence: number;
  readonly distance: number;
  readonly evidence: string;
  readonly found: readonly boolean[];
  readonly told: readonly boolean[];
}

function windowsOf(tables: readonly OffsetTable[], moments: number): ReturnType<OffsetTable['sums']>[] {
  const end = Math.max(0, ...tables.map((table) => table.endMoment));
  const windows = [];
  for (let start = 0; start + moments <= end; start += stepMoments) {
    const sums = OffsetTable.sumsOfAll(tables, start, start + moments);
    if (sums.comparedSeconds >= moments / momentRateHz / 2) windows.push(sums);
  }
  return windows;
}

function accuracyOf(tables: readonly OffsetTable[], frameRate: number, biasMs: number): Accuracy {
  const settings = { biasMs, frameRate };
  const whole = scoreOf(OffsetTable.sumsOfAll(tables), settings);
  const lagPlace = Math.round((whole.offsetMs + biasMs) / momentMs) + searchMoments;
  const found = windowsOf(tables, 2 * momentRateHz).map(
    (sums) => Math.abs(scoreOf(sums, settings).offsetMs - whole.offsetMs) <= toleranceMs,
  );
  const told = windowsOf(tables, momentRateHz).flatMap(({ curve }) =>
    [...curve].flatMap((distance, place) => {
      const shiftMs = Math.abs(offsetMsAt(place) - offsetMsAt(lagPlace));
      return shiftMs >= shiftsMs.least && shiftMs <= shiftsMs.most ? [distance > curve[lagPlace]] : [];
    }),
  );
  const { confidence, distance, evidence, offsetMs } = whole;
  return { lagMs: offsetMs, confidence, distance, evidence, found, told };
}

const percent = (hits: readonly boolean[]): string =>
  hits.length === 0
    ? '   -  '
    : `${((100 * hits.filter(Boolean).length) / hits.length).toFixed(1).padStart(5)} %`;

function meanShare(all: readonly (readonly boolean[])[]): string {
  const shares = all
    .filter((hits) => hits.length > 0)
    .map((hits) => hits.filter(Boolean).length / hits.length);
  return `${((100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length).toFixed(1)} %`;
}

/** Of windows in which both clips' mouths are seen: whether the sound's own is taken to speak. */
async function speakersOf(opened: readonly SyncClip[], expert: SyncExpert): Promise<SpeakerChoice[]> {
  const choices: SpeakerChoice[] = [];
  for (const clip of opened) {
    const own = (await compareClip(clip, expert)).map((table) => ({ personId: 1, table }));
    for (const stranger of opened) {
      if (stranger === clip) continue;
      const other = (await compareClip(stranger, expert, clip.sound)).map((table) => ({
        personId: 2,
        table,
      }));
      const activity = speakerActivity([...own, ...other]);
      const end = Math.max(...own.map(({ table }) => table.endMoment)) / momentRateHz;
      for (let start = 0; start + 2 <= end; start += 0.5) {
        const choice = speakerBetween(activity, start, start + 2);
        const isCounted = ({ comparedSeconds }: SpeakerFit): boolean => comparedSeconds >= 1;
        if (choice.people.length === 2 && choice.people.every(isCounted)) choices.push(choice);
      }
    }
  }
  return choices;
}

if (clips === null) {
  console.log('skipped: no shared clips on this machine');
} else {
  mkdirSync(folder, { recursive: true });
  const expert = await createSyncExpert(modelsFolder === undefined ? {} : { modelsFolder });
  const wanted = process.argv.slice(2);
  const isWanted = (name: string): boolean =>
    wanted.length === 0 || wanted.some((part) => name.includes(part));
  const titles = `within ${toleranceMs} ms on 2 s   told from ${shiftsMs.least} to ${shiftsMs.most} ms on 1 s`;
  console.log(`${'clip'.padEnd(44)}  lag ms  confidence  distance  evidence  ${titles}`);
  const opened: SyncClip[] = [];
  const measure = async (name: string): Promise<Accuracy> => {
    const clip = await openClip(join(clips, name), name, folder);
    const { frameRate } = clip.source.video;
    const tables = await compareClip(clip, expert);
    opened.push(clip);
    const accuracy = accuracyOf(tables, frameRate.num / frameRate.den, expert.biasMs);
    const { confidence, distance, evidence, found, lagMs, told } = accuracy;
    console.log(
      `${name.slice(0, 44).padEnd(44)}  ${lagMs.toFixed(0).padStart(6)}  ${confidence.toFixed(3).padStart(10)}` +
        `  ${distance.toFixed(3).padStart(8)}  ${evidence.padEnd(8)}` +
        `  ${percent(found)} of ${String(found.length).padEnd(4)}           ${percent(told)} of ${told.length}`,
    );
    return accuracy;
  };
  const results: Accuracy[] = [];
  for (const name of clipNames(clips, heldOutCloseUps).filter(isWanted)) results.push(await measure(name));
  const found = results.map((one) => one.found);
  const told = results.map((one) => one.told);
  console.log(
    `mean over ${results.length} close-ups: ${meanShare(found)} (target 95), ${meanShare(told)} (target 98); ` +
      `over all windows:${percent(found.flat())},${percent(told.flat())}`,
  );
  const choices = await speakersOf(opened, expert);
  const clear = choices.filter(({ isClear }) => isClear);
  const isRight = ({ personId }: SpeakerChoice): boolean => personId === 1;
  console.log(
    `who speaks, on 2 s: right in${percent(choices.map(isRight))} of ${choices.length}; ` +
      `called clear in${percent(choices.map(({ isClear }) => isClear))}, then right in${percent(clear.map(isRight))}`,
  );
  for (const name of clipNames(clips, hardClips).filter(isWanted)) await measure(name);
  for (const clip of opened) {
    clip.pcm.close();
    clip.faces.close();
  }
  await expert.close();
}

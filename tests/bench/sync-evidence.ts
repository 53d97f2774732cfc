/**
 * `node tests/bench/sync-evidence.ts`: which confidence unrelated sound reaches, by how much was compared. Lips of every
 * clip are compared with the sound of every other one; of all windows of a length, the confidence that one in twenty
 * exceeds is printed, and beside it the one that lips with their own sound fall below in one of twenty. The bound in
 * src/engine/sync/evidence.ts is read off here.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { leastConfidence } from '../../src/engine/sync/evidence.ts';
import { scoreOf } from '../../src/engine/sync/offset-score.ts';
import { OffsetTable } from '../../src/engine/sync/offset-table.ts';
import { createSyncExpert } from '../../src/engine/sync/sync-expert.ts';
import { momentRateHz } from '../../src/engine/sync/types.ts';
import { sharedFolder } from '../support/shared-media.ts';
import { clipNames, compareClip, heldOutCloseUps, openClip, type SyncClip } from './sync-clips.ts';

const clips = sharedFolder('clips');
const folder = process.env['DUBWRIGHT_BENCH_FOLDER'] ?? join(import.meta.dirname, '../../out/bench-sync');
const modelsFolder = process.env['DUBWRIGHT_SYNC_EXPERT'];
const lengthsSeconds = [1, 1.5, 2, 3, 4, 6, 8, 12, 16, 32];

/** Confidences of windows of which nearly everything was compared, half a window apart. */
function confidences(tables: readonly OffsetTable[], seconds: number): number[] {
  const end = Math.max(0, ...tables.map((table) => table.endMoment));
  const found: number[] = [];
  const moments = seconds * momentRateHz;
  for (let start = 0; start + moments <= end; start += moments / 2) {
    const sums = OffsetTable.sumsOfAll(tables, start, start + moments);
    if (sums.comparedSeconds >= 0.85 * seconds)
      found.push(scoreOf(sums, { biasMs: 0, frameRate: 25 }).confidence);
  }
  return found;
}

function quantile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(3).padStart(7);
}

if (clips === null) {
  console.log('skipped: no shared clips on this machine');
} else {
  mkdirSync(folder, { recursive: true });
  const expert = await createSyncExpert(modelsFolder === undefined ? {} : { modelsFolder });
  const opened: SyncClip[] = [];
  for (const name of clipNames(clips, [...heldOutCloseUps, 'weekly-address', 'presenter']))
    opened.push(await openClip(join(clips, name), name, folder));
  const own: OffsetTable[][] = [];
  const strange: OffsetTable[][] = [];
  for (const clip of opened) {
    own.push(await compareClip(clip, expert));
    for (const other of opened)
      if (other !== clip) strange.push(await compareClip(clip, expert, other.sound));
  }
  console.log('seconds   own: 5 %      50 %   unrelated: 50 %     95 %     99 %   windows   bound');
  for (const seconds of lengthsSeconds) {
    const [ours, theirs] = [own, strange].map((all) => all.flatMap((tables) => confidences(tables, seconds)));
    console.log(
      `${String(seconds).padStart(7)}    ${quantile(ours, 0.05)}   ${quantile(ours, 0.5)}           ${quantile(theirs, 0.5)}  ` +
        `${quantile(theirs, 0.95)}  ${quantile(theirs, 0.99)}   ${String(theirs.length).padStart(7)}   ${leastConfidence(seconds).toFixed(3)}`,
    );
  }
  await expert.close();
}

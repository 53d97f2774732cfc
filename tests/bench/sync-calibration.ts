/**
 * `npm run bench:calibration`: by how much the lip-sync expert's zero is off. Rendered speakers, in sync by
 * construction, are scored as they are and with the sound moved; what is measured less what was done is the error, and
 * its mean the `biasMs` that models/bundled.json should carry. Each half of the speakers checks the other's figure.
 *
 *   npm run bench:calibration -- [--count 8] [--speakers FOLDER] [--models FOLDER]
 *
 * Speakers that FOLDER lacks are rendered first (a minute or two each on one core). Prints per speaker the raw offset
 * (bias not taken out) at each shift in ms.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { DubwrightError } from '../../src/contract/errors.ts';
import { createSyncExpert, type SyncExpert } from '../../src/engine/sync/sync-expert.ts';
import { readSpeakers, renderSpeakers, whyNoSpeakers } from '../support/rendered-speakers.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import type { RenderedSpeaker } from '../support/rendered-speakers.ts';
import { mean, measureOffsets, spread, type ShiftedScore } from './measure-offsets.ts';

/** Milliseconds by which the sound is moved; −33 lies between two moments. */
const shiftsMs = [0, -200, -80, -33, 40, 120];

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '8' },
    speakers: { type: 'string' },
    models: { type: 'string' },
  },
});
const benchFolder =
  process.env['DUBWRIGHT_BENCH_FOLDER'] ?? join(import.meta.dirname, '../../out/bench-calibration');
const speakersFolder = values.speakers ?? join(benchFolder, 'speakers');

async function openExpert(): Promise<SyncExpert | null> {
  const modelsFolder = values.models;
  return createSyncExpert(modelsFolder === undefined ? {} : { modelsFolder }).catch((error: unknown) => {
    if (error instanceof DubwrightError && error.code === 'MODEL_NOT_FOUND') return null;
    throw error;
  });
}

function speakers(count: number): readonly RenderedSpeaker[] {
  mkdirSync(speakersFolder, { recursive: true });
  const present = readdirSync(speakersFolder).filter((name) => name.endsWith('.json')).length;
  const isComplete = values.speakers !== undefined && present >= count;
  return (isComplete ? readSpeakers(speakersFolder) : renderSpeakers(speakersFolder, { count })).slice(
    0,
    count,
  );
}

const errorsOf = (scores: readonly ShiftedScore[]): number[] =>
  scores.map(({ rawOffsetMs, shiftMs }) => rawOffsetMs - shiftMs);
const windowErrorsOf = (scores: readonly ShiftedScore[]): number[] =>
  scores.flatMap(({ windowRawOffsetsMs, shiftMs }) => windowRawOffsetsMs.map((offset) => offset - shiftMs));
const ms = (value: number): string => value.toFixed(1).padStart(7);

function report(measured: readonly (readonly ShiftedScore[])[], statedMs: number): void {
  const all = measured.flat();
  const errors = errorsOf(all);
  const biasMs = mean(errors);
  console.log(`whole films: mean error ${ms(biasMs)} ms, spread ${ms(spread(errors))} ms`);
  for (const shiftMs of shiftsMs) {
    const own = errorsOf(all.filter((score) => score.shiftMs === shiftMs));
    console.log(`  sound moved by ${ms(shiftMs)}: mean error ${ms(mean(own))} ms, spread ${ms(spread(own))}`);
  }
  const windows = windowErrorsOf(all);
  const near = windows.filter((error) => Math.abs(error - biasMs) <= 40).length / windows.length;
  console.log(
    `windows of 2 s with evidence: ${windows.length}, mean error ${ms(mean(windows))} ms, ` +
      `${(100 * near).toFixed(1)} % within 40 ms of the mean of whole films`,
  );
  const halves = [0, 1].map((half) => mean(errorsOf(measured.filter((_, i) => i % 2 === half).flat())));
  const crossed = halves[1] - halves[0];
  console.log(
    `halves: ${ms(halves[0])} and ${ms(halves[1])} ms; bias left when one calibrates the other: ±${ms(Math.abs(crossed)).trim()} ms`,
  );
  console.log(
    `biasMs to write: ${biasMs.toFixed(1)} (the card says ${statedMs}; left over with it: ${(biasMs - statedMs).toFixed(1)} ms)`,
  );
}

async function main(): Promise<void> {
  const expert = await openExpert();
  if (expert === null) {
    console.log('skipped: models/ holds no lip-sync expert');
    return;
  }
  const missing = existsSync(speakersFolder) ? null : whyNoSpeakers();
  if (missing !== null) {
    console.log(`skipped: ${missing}`);
    return;
  }
  try {
    console.log(
      `${'speaker'.padEnd(32)} ${shiftsMs.map((shift) => String(shift).padStart(7)).join('')}  confidence  distance`,
    );
    const measured: (readonly ShiftedScore[])[] = [];
    for (const { path } of speakers(Number(values.count))) {
      const name = basename(path, '.mkv');
      const scores = await withTempFolder((folder) => measureOffsets({ path, folder }, expert, shiftsMs));
      measured.push(scores);
      const [still] = scores;
      const row = scores.map(
        ({ rawOffsetMs, score }) => ms(rawOffsetMs) + (score.evidence === 'ok' ? '' : '?'),
      );
      console.log(
        `${name.padEnd(32)} ${row.join('')}  ${still.score.confidence.toFixed(3).padStart(10)}  ${still.score.distance.toFixed(3)}`,
      );
    }
    report(measured, expert.biasMs);
  } finally {
    await expert.close();
  }
}

await main();

/**
 * `npm run bench:calibration`: by how much the lip-sync expert's zero is off. Rendered speakers, in sync by
 * construction, are scored as they are and with the sound moved; what is measured less what was done is the error, and
 * its mean the `biasMs` that models/bundled.json should carry. Each half of the speakers checks the other's figure.
 *
 *   npm run bench:calibration -- [--count 8] [--speakers FOLDER] [--models FOLDER]
 *
 * Speakers from number 101 up are rendered where they lack (a minute or two each on one core); training uses only those
 * below 100. FOLDER of speakers: measures the films in it instead. Prints per speaker the raw offset (bias not taken
 * out) at each shift in ms, with `?` where the expert finds too little evidence; those do not count.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundledModelsFolder } from '../../src/engine/models/bundled-cards.ts';
import { createSyncExpert } from '../../src/engine/sync/sync-expert.ts';
import { readSpeakers, renderSpeakers, whyNoSpeakers } from '../support/rendered-speakers.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import type { RenderedSpeaker } from '../support/rendered-speakers.ts';
import { mean, measureOffsets, median, spread, type ShiftedScore } from './measure-offsets.ts';

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
const modelsFolder = values.models ?? bundledModelsFolder;

function speakers(): readonly RenderedSpeaker[] {
  if (values.speakers !== undefined) return readSpeakers(values.speakers);
  const folder = join(benchFolder, 'speakers');
  mkdirSync(folder, { recursive: true });
  return renderSpeakers(folder, { first: 101, count: Number(values.count) });
}

const errorsOf = (scores: readonly ShiftedScore[]): number[] =>
  scores.map(({ rawOffsetMs, shiftMs }) => rawOffsetMs - shiftMs);
const windowErrorsOf = (scores: readonly ShiftedScore[]): number[] =>
  scores.flatMap(({ windowRawOffsetsMs, shiftMs }) => windowRawOffsetsMs.map((offset) => offset - shiftMs));
const isSure = ({ score }: ShiftedScore): boolean => score.evidence === 'ok';
/** Halves of eight with as many women as men and every frame rate once: 0 1 4 5 and 2 3 6 7. */
const halfOf = (index: number): number => (index >> 1) % 2;
const ms = (value: number): string => value.toFixed(1).padStart(7);

function report(measured: readonly (readonly ShiftedScore[])[], statedMs: number): void {
  const all = measured.flat().filter(isSure);
  const unsure = measured.flat().length - all.length;
  if (unsure > 0) console.log(`too little evidence in ${unsure} of ${measured.flat().length} measurements`);
  const errors = errorsOf(all);
  const biasMs = mean(errors);
  console.log(`whole films: mean error ${ms(biasMs)} ms, spread ${ms(spread(errors))} ms`);
  for (const shiftMs of shiftsMs) {
    const own = errorsOf(all.filter((score) => score.shiftMs === shiftMs));
    console.log(`  sound moved by ${ms(shiftMs)}: mean error ${ms(mean(own))} ms, spread ${ms(spread(own))}`);
  }
  const perSpeaker = measured
    .map((scores) => errorsOf(scores.filter(isSure)))
    .filter((own) => own.length > 0);
  const doubt = spread(perSpeaker.map(mean)) / Math.sqrt(Math.max(1, perSpeaker.length - 1));
  console.log(`standard error of the mean over ${perSpeaker.length} speakers: ${ms(doubt).trim()} ms`);
  const windows = windowErrorsOf(all);
  const near = windows.filter((error) => Math.abs(error - biasMs) <= 40).length / windows.length;
  console.log(
    `windows of 2 s with evidence: ${windows.length}, median error ${ms(median(windows))} ms, ` +
      `${(100 * near).toFixed(1)} % within 40 ms of the mean of whole films`,
  );
  const halves = [0, 1].map((half) =>
    mean(
      errorsOf(
        measured
          .filter((_, i) => halfOf(i) === half)
          .flat()
          .filter(isSure),
      ),
    ),
  );
  const crossed = halves[1] - halves[0];
  console.log(
    `halves: ${ms(halves[0])} and ${ms(halves[1])} ms; bias left when one calibrates the other: ±${ms(Math.abs(crossed)).trim()} ms`,
  );
  console.log(
    `biasMs to write: ${biasMs.toFixed(1)} (the card says ${statedMs}; left over with it: ${(biasMs - statedMs).toFixed(1)} ms)`,
  );
}

async function main(): Promise<void> {
  if (!existsSync(join(modelsFolder, 'sync-sound.onnx'))) {
    console.log('skipped: models/ holds no lip-sync expert');
    return;
  }
  const missing = values.speakers === undefined ? whyNoSpeakers() : null;
  if (missing !== null) {
    console.log(`skipped: ${missing}`);
    return;
  }
  const expert = await createSyncExpert({ modelsFolder });
  try {
    console.log(
      `${'speaker'.padEnd(32)} ${shiftsMs.map((shift) => String(shift).padStart(7)).join('')}  confidence  distance`,
    );
    const measured: (readonly ShiftedScore[])[] = [];
    for (const { path } of speakers()) {
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

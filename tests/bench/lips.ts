/**
 * `npm run bench:lips`: how closely lips follow a voice, per clip, by the bundled network (models/lips-from-sound.onnx)
 * and by comparing spectra, in one run.
 *
 *   npm run bench:lips -- [name part …]   only clips whose names contain one of the parts
 *   npm run bench:lips -- --prediction    only what is heard; nothing is rendered
 *   npm run bench:lips -- --models folder the network of another models folder, in training for instance
 *   DUBWRIGHT_BENCH_FOLDER=folder         keeps the finished pictures there
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findLipModel } from '../../src/engine/lipsync/lips-from-sound/bundled-lip-model.ts';
import { sharedFolder } from '../support/shared-media.ts';
import { measureDemo } from './measure-demo.ts';
import { measureClip, type ClipScore } from './measure-lips.ts';
import { heldOutCloseUps } from './sync-clips.ts';

const header = `r is Pearson's correlation with the lips as they were filmed (opening of the inner lips / width of the mouth).
  lag       film sound minus picture, as the general network finds it; 0 where the film does not tell
  general   the network unadapted, whole clip
  2nd half  the same over the second half, then adapted on the first half and tested on the second
  closed    area under the ROC of the closed output; closed is an opening up to a quarter of the way from the speaker's
            2 % to 90 % quantile, and at most 0.03 eye-corner distances
  dub       the first 60 % lends its mouths, the last 40 % is dubbed with its own sound (lag put right) and the lips are
            measured again in the finished picture: by the network, and by comparing spectra`;

const figures: readonly (readonly [string, (score: ClipScore) => number | undefined])[] = [
  ['opening', ({ prediction }) => prediction?.general.opening],
  ['width', ({ prediction }) => prediction?.general.width],
  ['opening', ({ prediction }) => prediction?.generalSecondHalf.opening],
  ['width', ({ prediction }) => prediction?.generalSecondHalf.width],
  ['adapted', ({ prediction }) => prediction?.adaptedSecondHalf.opening],
  ['width', ({ prediction }) => prediction?.adaptedSecondHalf.width],
  ['closed', ({ prediction }) => prediction?.closedAuc],
  ['dub', ({ learned }) => learned?.achieved.opening],
  ['width', ({ learned }) => learned?.achieved.width],
  ['spectra', ({ spectral }) => spectral?.achieved.opening],
  ['width', ({ spectral }) => spectral?.achieved.width],
];

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { prediction: { type: 'boolean', default: false }, models: { type: 'string' } },
});

function row(name: string, rest: string, scores: readonly ClipScore[]): string {
  const cells = figures.map(([, figure]) => {
    const values = scores.map(figure).filter((value) => value !== undefined && !Number.isNaN(value));
    const mean = values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length;
    return (values.length === 0 ? '-' : mean.toFixed(2)).padStart(8);
  });
  return `${name.slice(0, 34).padEnd(34)} ${rest.padStart(12)} ${cells.join('')}`;
}

const clips = sharedFolder('clips');
const folder = process.env['DUBWRIGHT_BENCH_FOLDER'] ?? join(import.meta.dirname, '../../out/bench-lips');
mkdirSync(folder, { recursive: true });
const model = findLipModel(options.models);
if (model === null) console.log('models/lips-from-sound.onnx is not there: spectral matching only');
if (clips === null) console.log('no shared clips on this machine');
else {
  console.log(header);
  const titles = figures.map(([title]) => title.padStart(8)).join('');
  console.log(`${'clip'.padEnd(34)} ${'s  lag ms'.padStart(12)} ${titles}`);
  const scores: ClipScore[] = [];
  const names = readdirSync(clips)
    .filter((name) => /\.(mp4|mov|mpg)$/i.test(name))
    .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
  for (const name of names) {
    const renders = !options.prediction;
    const measured = await measureClip(join(clips, name), folder, { model, renders }).catch(
      (error: unknown) => String(error),
    );
    if (typeof measured === 'string') {
      console.log(`${name.slice(0, 34).padEnd(34)}  ${measured}`);
      continue;
    }
    scores.push(measured);
    const lag = measured.prediction ? Math.round(measured.prediction.lagMs).toString() : '-';
    console.log(row(name, `${measured.seconds.toFixed(1)} ${lag.padStart(5)}`, [measured]));
  }
  const closeUps = scores.filter(({ name }) => heldOutCloseUps.some((part) => name.startsWith(part)));
  const long = scores.filter(({ seconds }) => seconds >= 8);
  console.log(row(`mean, ${closeUps.length} held-out close-ups`, '', closeUps));
  console.log(row(`mean, ${long.length} clips of 8 s or more`, '', long));
}
if (!options.prediction && (wanted.length === 0 || wanted.includes('demo'))) {
  const demo = join(import.meta.dirname, '../../resources/demo');
  if (existsSync(join(demo, 'speech.mp4'))) await measureDemo(demo, join(folder, 'demo'), model);
}

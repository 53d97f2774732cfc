/**
 * `npm run bench:lips`: how closely the lips follow a voice, per clip. The mouths of the first 60 % of a film are lent
 * to its last 40 %, driven by that part's own sound (the film's lag between sound and picture corrected first); the
 * finished picture is measured again and its inner-lip opening compared with the true one (Pearson's r).
 *
 *   npm run bench:lips -- [name part …]   measures only clips whose names contain one of the parts
 *   DUBWRIGHT_BENCH_FOLDER=folder         keeps the finished pictures there
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from '../support/shared-media.ts';
import { measureClip, type LipScore } from './measure-lips.ts';

const clips = sharedFolder('clips');
const wanted = process.argv.slice(2);
const folder = process.env['DUBWRIGHT_BENCH_FOLDER'] ?? join(import.meta.dirname, '../../out/bench-lips');

function line(score: LipScore): string {
  const number = (value: number): string => (Number.isNaN(value) ? '  -  ' : value.toFixed(2).padStart(5));
  return [
    score.name.slice(0, 42).padEnd(42),
    score.seconds.toFixed(1).padStart(6),
    String(Math.round(score.lagMs)).padStart(6),
    number(score.predicted),
    number(score.chosen),
    number(score.achieved),
    number(score.achievedWidth),
    score.sharpness.toFixed(2).padStart(6),
    score.flicker.toFixed(2).padStart(7),
  ].join('  ');
}

if (clips === null) {
  console.log('skipped: no shared clips on this machine');
} else {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(clips)
    .filter((name) => /\.(mp4|mov|mpg)$/i.test(name))
    .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
  console.log(
    `${'clip'.padEnd(42)}       s  lag ms  r predicted, chosen, achieved; width; sharpness; flicker`,
  );
  const scores: LipScore[] = [];
  for (const name of names) {
    const score = await measureClip(join(clips, name), folder).catch((error: unknown) => String(error));
    if (typeof score === 'string') console.log(`${name.padEnd(42)}  ${score}`);
    else {
      scores.push(score);
      console.log(line(score));
    }
  }
  const long = scores.filter((score) => score.seconds >= 8 && !Number.isNaN(score.achieved));
  const mean = long.reduce((sum, score) => sum + score.achieved, 0) / long.length;
  console.log(`mean r achieved over ${long.length} clips of 8 s or more: ${mean.toFixed(3)}`);
}

/**
 * Renders speakers whose lips are known to the hundredth of a millimetre and whose sound is in sync by construction:
 *
 *   node training/speakers/make-speakers.ts --out FOLDER [--count 8] [--seconds 12] [--first 1] [--size 320] [--threads 1]
 *
 * Speaker n is the same whenever it is made; those from 101 up calibrate the lip-sync expert and are never trained on.
 * Films that are there already are kept. Needs espeak-ng's library and Python 3; about a tenth of a second of one
 * processor core per frame.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { renderFilm } from './render-film.ts';
import { planSpeaker } from './speaker-plan.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    count: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '12' },
    first: { type: 'string', default: '1' },
    size: { type: 'string', default: '320' },
    threads: { type: 'string', default: '1' },
  },
});

function wholeNumber(name: 'count' | 'seconds' | 'first' | 'size' | 'threads'): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number from 1 up`);
  return value;
}

async function main(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const options = { size: wholeNumber('size'), threads: wholeNumber('threads') };
  if (options.size % 2 === 1) throw new Error('--size must be even');
  const first = wholeNumber('first');
  for (let seed = first; seed < first + wholeNumber('count'); seed++) {
    const plan = planSpeaker(seed);
    const rate = (plan.frameRate.num / plan.frameRate.den).toFixed(2).replace(/\.?0+$/, '');
    const name = `speaker-${String(seed).padStart(3, '0')}-${plan.language.code}-${plan.sex}-${rate}fps`;
    const path = join(folder, `${name}.mkv`);
    if (existsSync(path) && existsSync(path.replace(/\.mkv$/, '.json'))) continue;
    const started = performance.now();
    const { frameCount } = await renderFilm(plan, {
      ...options,
      path,
      atMostSeconds: wholeNumber('seconds'),
    });
    console.log(`${name}: ${frameCount} frames, ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
}

if (values.out === undefined) throw new Error('--out FOLDER is missing');
await main(values.out);

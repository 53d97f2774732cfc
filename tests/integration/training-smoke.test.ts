import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openModel } from '../../src/engine/inference/open-model.ts';
import type { Model } from '../../src/engine/inference/types.ts';
import { readExpertFiles } from '../../src/engine/sync/bundled-expert.ts';
import { ffmpegText } from '../support/make-media.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { seededRandom } from '../support/seeded-random.ts';
import {
  plainPython,
  trainingFolder,
  trainingPython,
  trainingPythonMissing,
} from '../support/training-python.ts';

const runFile = promisify(execFile);
const demoFilm = fileURLToPath(new URL('../../resources/demo/speech.mp4', import.meta.url));
const tolerance = 1e-4;
const melBands = 80;

interface Answer {
  readonly dims: readonly number[];
  readonly data: readonly number[];
}
type Reference = Readonly<
  Record<
    string,
    {
      readonly dims: readonly number[];
      readonly input: readonly number[];
      readonly answers: readonly Answer[];
    }
  >
>;
interface Card {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly data: readonly { readonly source: string; readonly licence: string; readonly seconds: number }[];
}

/** Runs the package without packages of the user's own getting in between; its standard output. */
async function train(python: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, PYTHONPATH: trainingFolder, PYTHONDONTWRITEBYTECODE: '1' };
  const { stdout } = await runFile(python, ['-m', 'dubwright_training', ...args], {
    env,
    maxBuffer: 1 << 26,
  });
  return stdout;
}

/** Two stretches of the bundled demo stand for two speakers; a third film has no licence. */
async function makeMedia(folder: string): Promise<string> {
  const media = join(folder, 'media');
  const rendered = join(media, 'rendered');
  mkdirSync(rendered, { recursive: true });
  const cut = async (startSeconds: number, name: string): Promise<string> =>
    ffmpegText([
      ...['-ss', `${startSeconds}`, '-t', '2.4', '-i', `file:${demoFilm}`],
      ...['-vf', 'scale=320:-2', '-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'flac', `file:${name}`],
    ]);
  await cut(1, join(rendered, 'speaker-001-nl-male-25fps.mkv'));
  await cut(4, join(rendered, 'speaker-002-nl-male-25fps.mkv'));
  writeFileSync(join(media, 'from-the-internet.mp4'), '');
  return media;
}

function largestDifference(a: Float32Array, b: readonly number[] | Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i])), 0);
}

/** The whole at once, and a block with 0.7 s on both sides, must say the same about the block. */
async function assertBlocksAgree(model: Model): Promise<void> {
  const moments = 260;
  const context = 35;
  const [start, end] = [100, 150];
  const random = seededRandom(5);
  const mel = Float32Array.from({ length: melBands * 2 * moments }, () => 2 * random() - 1);
  const [from, to] = [2 * (start - context), 2 * (end + context)];
  const block = new Float32Array(melBands * (to - from));
  for (let band = 0; band < melBands; band++)
    block.set(mel.subarray(band * 2 * moments + from, band * 2 * moments + to), band * (to - from));
  const whole = await model.run({ mel: { data: mel, dims: [1, melBands, 2 * moments] } });
  const part = await model.run({ mel: { data: block, dims: [1, melBands, to - from] } });
  for (const { name } of model.outputs) {
    const rows = whole[name].dims[1];
    const length = (to - from) / 2;
    for (let row = 0; row < rows; row++) {
      const expected = whole[name].data.subarray(row * moments + start, row * moments + end);
      const got = part[name].data.subarray(row * length + context, row * length + context + end - start);
      assert.ok(
        largestDifference(got, expected) < tolerance,
        `${name} depends on what lies outside its reach`,
      );
    }
  }
}

async function assertSameAnswers(path: string, reference: Reference[string]): Promise<void> {
  const model = await openModel({ path, threads: 1 });
  try {
    const [input] = model.inputs;
    const answer = await model.run({
      [input.name]: { data: Float32Array.from(reference.input), dims: reference.dims },
    });
    model.outputs.forEach(({ name }, i) => {
      assert.deepEqual(answer[name].dims, reference.answers[i].dims, name);
      const difference = largestDifference(answer[name].data, reference.answers[i].data);
      assert.ok(difference < tolerance, `${name} of ${path} differs from PyTorch by ${difference}`);
    });
    if (input.name === 'mel') await assertBlocksAgree(model);
  } finally {
    await model.close();
  }
}

function assertCardIsTrue(card: Card, models: string): void {
  const bytes = readFileSync(join(models, card.file));
  assert.equal(card.bytes, bytes.length);
  assert.equal(card.sha256, createHash('sha256').update(bytes).digest('hex'));
  const rendered = card.data.find(({ source }) => source === 'rendered');
  assert.equal(rendered?.licence, 'MIT');
  assert.ok(rendered.seconds > 3 && rendered.seconds < 5, `${rendered.seconds} s of two films of 2.4 s`);
}

const python = trainingPython();

describe('training', () => {
  it(
    'refuses films whose licence it does not know',
    { skip: plainPython() === null && 'no Python 3.11' },
    () =>
      withTempFolder(async (folder) => {
        const names = [
          'grid/s12/bbaf2n.mpg',
          'grid/bbaf2n.mpg',
          'anchor-71s-512-25fps.mp4',
          'grid/s12/holiday.mpg',
          'weekly-address-3-720p-29.97fps.mp4',
          'my-weekly-address-3.mp4',
          'rendered/speaker-007-de-female-25fps.mkv',
          'rendered/speaker-107-de-female-25fps.mkv',
          'notes.txt',
        ];
        for (const name of names) {
          mkdirSync(join(folder, name, '..'), { recursive: true });
          writeFileSync(join(folder, name), '');
        }
        const listed = (await train(plainPython() ?? '', ['--media', folder, '--list'])).trim().split('\n');
        const allowed = listed.filter((line) => !line.startsWith('refused: '));
        assert.deepEqual(allowed.map((line) => line.split(': ')[0]).sort(), [
          'grid/bbaf2n.mpg',
          'grid/s12/bbaf2n.mpg',
          'rendered/speaker-007-de-female-25fps.mkv',
          'weekly-address-3-720p-29.97fps.mp4',
        ]);
        assert.ok(allowed.some((line) => line.includes('grid/12, CC BY 4.0')));
        assert.equal(listed.length - allowed.length, 4);
      }),
  );

  it(
    'goes from films to models that the product opens and that answer as PyTorch does',
    { skip: python === null ? trainingPythonMissing : false, timeout: 280_000 },
    () =>
      withTempFolder(async (folder) => {
        assert.ok(python !== null);
        const media = await makeMedia(folder);
        const [models, work] = [join(folder, 'models'), join(folder, 'work')];
        const referencePath = join(folder, 'reference.json');
        const args = ['--media', media, '--work', work, '--out', models, '--reference', referencePath];
        const printed = await train(python, [...args, '--smoke', '--jobs', '1', '--threads', '1']);
        assert.match(printed, /refused: from-the-internet\.mp4/);

        const reference = JSON.parse(readFileSync(referencePath, 'utf8')) as Reference;
        const files = Object.keys(reference);
        assert.deepEqual(files, ['lips-from-sound.onnx', 'sync-sound.onnx', 'sync-lips.onnx']);
        for (const file of files) await assertSameAnswers(join(models, file), reference[file]);

        const { models: cards } = JSON.parse(readFileSync(join(models, 'bundled.json'), 'utf8')) as {
          readonly models: Readonly<Record<string, Card>>;
        };
        assert.deepEqual(
          Object.values(cards).map(({ file }) => file),
          files,
        );
        for (const card of Object.values(cards)) assertCardIsTrue(card, models);
        await readExpertFiles(models);

        const again = await train(python, [...args, '--smoke', '--jobs', '1', '--threads', '1']);
        for (const stage of ['synthesis', 'pretrain', 'lags', 'figures', 'lips', 'expert'])
          assert.match(again, new RegExp(`^${stage}: as before$`, 'm'));
      }),
  );
});

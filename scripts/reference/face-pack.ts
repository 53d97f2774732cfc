/**
 * Makes tests/fixtures/face-pack-reference.json: what the original TensorFlow.js graphs answer to `formulaPicture`,
 * computed by TensorFlow.js itself on its plain CPU backend. Run it again only when the models change:
 *
 *   mkdir tfjs && cd tfjs && npm init -y && npm i @tensorflow/tfjs-core@4.22.0 \
 *     @tensorflow/tfjs-converter@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0
 *   node scripts/reference/face-pack.ts path/to/tfjs > tests/fixtures/face-pack-reference.json
 *
 * TensorFlow.js is not a dependency: 80 MB for numbers that never change.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { facePackRecipes } from '../../src/engine/face-pack/recipes.ts';
import { formulaPicture } from './face-pack-picture.ts';

interface TfTensor {
  readonly shape: number[];
  readonly dataSync: () => Float32Array;
}
interface Tf {
  readonly setBackend: (name: string) => Promise<boolean>;
  readonly tensor4d: (data: Float32Array, shape: number[]) => TfTensor;
}
interface TfConverter {
  readonly loadGraphModel: (handler: { load(): Promise<unknown> }) => Promise<{
    execute(input: TfTensor, outputs: readonly string[]): TfTensor | TfTensor[];
  }>;
}

const [tfjsFolder] = process.argv.slice(2);
const fromTfjs = createRequire(join(resolve(tfjsFolder), 'package.json'));
const tf = fromTfjs('@tensorflow/tfjs-core') as Tf;
fromTfjs('@tensorflow/tfjs-backend-cpu');
const { loadGraphModel } = fromTfjs('@tensorflow/tfjs-converter') as TfConverter;
const models = join(createRequire(import.meta.url).resolve('@vladmandic/human'), '../../models');

await tf.setBackend('cpu');
const reference: Record<string, unknown> = {};
for (const [name, recipe] of Object.entries(facePackRecipes)) {
  const model = await loadGraphModel({ load: () => Promise.resolve(readArtifacts(recipe.source)) });
  const { size, scale, shift } = recipe;
  const pixels = formulaPicture(size, 'nhwc').map((value) => value * 255 * scale + shift);
  const wanted = recipe.outputs.flatMap(({ from }) => from);
  const answers = [model.execute(tf.tensor4d(pixels, [1, size, size, 3]), wanted)].flat();
  const tensors = Object.fromEntries(wanted.map((tensor, i) => [tensor, answers[i]]));
  reference[name] = Object.fromEntries(
    recipe.outputs.map(({ name: output, from }) => {
      // Joining along the first axis after the batch is joining flat arrays, for a batch of one.
      const values = from.flatMap((tensor) => [...tensors[tensor].dataSync()]);
      return [output, { count: values.length, ...sample(values) }];
    }),
  );
}
console.log(JSON.stringify(reference));

function readArtifacts(source: string): unknown {
  const json = JSON.parse(readFileSync(join(models, source), 'utf8')) as {
    modelTopology: unknown;
    weightsManifest: { paths: string[]; weights: unknown[] }[];
  };
  const bytes = Buffer.concat(
    json.weightsManifest.flatMap(({ paths }) => paths.map((path) => readFileSync(join(models, path)))),
  );
  return {
    modelTopology: json.modelTopology,
    weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
    weightData: Uint8Array.from(bytes).buffer,
  };
}

/** Every value of short outputs, about 300 of long ones at a stride that is coprime to every layout. */
function sample(values: readonly number[]): { stride: number; values: number[] } {
  const stride = values.length <= 1500 ? 1 : 47;
  const kept = values.filter((_, i) => i % stride === 0);
  return { stride, values: kept.map((value) => Number(value.toPrecision(7))) };
}

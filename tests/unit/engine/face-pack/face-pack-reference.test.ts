import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { z } from 'zod';
import { formulaPicture } from '../../../../scripts/reference/face-pack-picture.ts';
import { ensureFacePack } from '../../../../src/engine/face-pack/ensure-face-pack.ts';
import { facePackModels, facePackRecipes } from '../../../../src/engine/face-pack/recipes.ts';
import { openModel } from '../../../../src/engine/inference/open-model.ts';

/** Answers of the original TensorFlow.js graphs; see scripts/reference/face-pack.ts. */
const referenceFile = new URL('../../../fixtures/face-pack-reference.json', import.meta.url);
const referenceSchema = z.record(
  z.enum(facePackModels),
  z.record(
    z.string(),
    z.object({ count: z.number(), stride: z.number(), values: z.array(z.number()).nonempty() }),
  ),
);

/** Largest difference allowed, as a fraction of the output's largest value; float32 in other order of summing. */
const tolerance = 1e-5;

for (const model of facePackModels)
  test(`${model} answers like the TensorFlow.js original`, async () => {
    const reference = referenceSchema.parse(JSON.parse(await readFile(referenceFile, 'utf8')))[model];
    const pack = await ensureFacePack();
    const path = {
      blazeface: pack.blazeface,
      facemesh: pack.facemesh,
      'face-descriptor': pack.faceDescriptor,
    };
    const opened = await openModel({ path: path[model], threads: 1 });
    const { size, scale, shift } = facePackRecipes[model];
    const picture = formulaPicture(size, 'nchw').map((value) => value * 255 * scale + shift);

    // The picture second in a batch of two, so that a batch that leaks into its neighbours shows as well.
    const pair = new Float32Array(picture.length * 2);
    pair.set(picture.toReversed(), 0);
    pair.set(picture, picture.length);
    const answer = await opened.run({ input: { data: pair, dims: [2, 3, size, size] } });
    await opened.close();

    assert.deepEqual(Object.keys(answer).sort(), Object.keys(reference).sort());
    for (const [output, { count, stride, values }] of Object.entries(reference)) {
      const { data } = answer[output];
      assert.equal(data.length, count * 2, `${output}: number of values`);
      const largest = Math.max(...values.map(Math.abs));
      values.forEach((expected, i) => {
        const difference = Math.abs(data[count + i * stride] - expected);
        assert.ok(
          difference <= tolerance * largest,
          `${output}[${i * stride}] is off by ${difference} (values up to ${largest})`,
        );
      });
    }
  });

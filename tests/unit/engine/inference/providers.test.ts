import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DubwrightError } from '../../../../src/contract/errors.ts';
import type { ProviderMeasurement } from '../../../../src/engine/host/tasks.ts';
import { compareOutputs } from '../../../../src/engine/inference/compare-outputs.ts';
import { chooseProvider, providerFromEnvironment } from '../../../../src/engine/inference/providers.ts';

const measured = (
  provider: string,
  medianMs: Record<string, number>,
  rest: Partial<ProviderMeasurement> = {},
): ProviderMeasurement => ({
  provider,
  medianMs,
  available: true,
  agreesWithCpu: true,
  maxDifference: {},
  note: '',
  ...rest,
});
const cpu = measured('cpu', { facemesh: 2, generator: 100 });

test('each purpose gets the provider that is fastest on its own model', () => {
  const webgpu = measured('webgpu', { facemesh: 4, generator: 10 });
  assert.equal(chooseProvider([cpu, webgpu], 'faces'), 'cpu');
  assert.equal(chooseProvider([cpu, webgpu], 'generator'), 'webgpu');
});

test('a provider that is wrong, absent, unmeasured or unknown is never chosen', () => {
  const fast = { facemesh: 0.1, generator: 0.1 };
  const others = [
    measured('webgpu', fast, { agreesWithCpu: false }),
    measured('cuda', fast, { available: false }),
    measured('coreml', { blazeface: 0.1 }),
    measured('abacus', fast),
  ];
  assert.equal(chooseProvider([cpu, ...others], 'generator'), 'cpu');
  assert.equal(chooseProvider(others, 'faces'), 'cpu');
});

test('the environment overrules, and a wrong name is the user’s mistake', (context) => {
  const before = process.env['DUBWRIGHT_PROVIDER'];
  context.after(() => {
    if (before === undefined) delete process.env['DUBWRIGHT_PROVIDER'];
    else process.env['DUBWRIGHT_PROVIDER'] = before;
  });
  process.env['DUBWRIGHT_PROVIDER'] = 'webgpu';
  assert.equal(providerFromEnvironment(), 'webgpu');
  process.env['DUBWRIGHT_PROVIDER'] = '';
  assert.equal(providerFromEnvironment(), null);
  process.env['DUBWRIGHT_PROVIDER'] = 'abacus';
  assert.throws(
    providerFromEnvironment,
    (error: unknown) => error instanceof DubwrightError && error.code === 'USAGE',
  );
});

test('answers agree within two thousandths of the largest value', () => {
  const tensor = (...values: number[]) => ({ data: Float32Array.of(...values), dims: [values.length] });
  const reference = { mesh: tensor(0, 100), presence: tensor(1) };
  const agrees = (mesh: number[], presence: number[]): boolean =>
    compareOutputs(reference, { mesh: tensor(...mesh), presence: tensor(...presence) }).agrees;
  assert.ok(agrees([0.19, 99.9], [1.001]));
  assert.ok(!agrees([0.21, 100], [1]));
  assert.ok(!agrees([0, 100], [1.003]));
  assert.ok(!agrees([0, NaN], [1]));
  assert.ok(!agrees([0, 100, 0], [1]));
  assert.deepEqual(compareOutputs(reference, { mesh: tensor(0, 100) }), { largest: Infinity, agrees: false });
  assert.deepEqual(compareOutputs(reference, { mesh: tensor(0, 99.5), presence: tensor(1) }), {
    largest: 0.5,
    agrees: false,
  });
});

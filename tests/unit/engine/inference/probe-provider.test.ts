import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ensureFacePack } from '../../../../src/engine/face-pack/ensure-face-pack.ts';
import { openWithFallback } from '../../../../src/engine/inference/open-with-fallback.ts';
import { probeProvider, type ProbeRequest } from '../../../../src/engine/inference/probe-provider.ts';

const { facemesh } = await ensureFacePack();
const request: ProbeRequest = {
  provider: 'cpu',
  models: [
    {
      name: 'facemesh',
      path: facemesh,
      inputs: [{ dims: [1, 3, 192, 192], span: 1, shift: 0 }],
      slowMs: null,
    },
    { name: 'missing', path: `${facemesh}.missing`, inputs: [], slowMs: null },
  ],
  runs: 2,
  threads: 1,
  limitMs: 30_000,
  signal: new AbortController().signal,
};
const foreignProvider = process.platform === 'darwin' ? 'dml' : 'coreml';

test('what was measured before a failure is kept', async () => {
  const { answers, failure } = await probeProvider(request);
  assert.deepEqual(
    answers.map(({ model }) => model),
    ['facemesh'],
  );
  assert.ok(answers[0].medianMs > 0 && answers[0].firstMs > 0);
  assert.deepEqual(answers[0].outputs['mesh'].dims, [1, 1404]);
  assert.match(failure ?? '', /missing/);
});

test('a run beyond the limit of patience ends the measurement, with its answer', async () => {
  const [model] = request.models;
  const impatient = { ...model, slowMs: 0 };
  const { answers, failure } = await probeProvider({ ...request, models: [impatient, impatient] });
  assert.equal(failure, null);
  assert.deepEqual(
    answers.map(({ isSlow }) => isSlow),
    [true],
  );
});

test('a hang, a crash and a missing provider are findings, not errors', async () => {
  const hang = await probeProvider({ ...request, limitMs: 1 });
  assert.match(hang.failure ?? '', /no answer in time/);
  const environment = { NODE_OPTIONS: '--import=data:text/javascript,process.abort()' };
  const crash = await probeProvider({ ...request, environment });
  assert.match(crash.failure ?? '', /ended its process/);
  const missing = await probeProvider({ ...request, provider: foreignProvider });
  assert.ok((missing.failure ?? '').length > 0);
  assert.deepEqual([...hang.answers, ...crash.answers, ...missing.answers], []);
});

test('a model whose provider is not there runs on the CPU and says so', async () => {
  const told: string[] = [];
  const model = await openWithFallback(
    { path: facemesh, provider: foreignProvider, threads: 1 },
    (sentence) => told.push(sentence),
  );
  assert.equal(model.provider, 'cpu');
  assert.equal(told.length, 1);
  assert.match(told[0], new RegExp(`${foreignProvider} does not work .* CPU`));
  const input = { data: new Float32Array(3 * 192 * 192), dims: [1, 3, 192, 192] };
  assert.equal((await model.run({ input }))['mesh'].data.length, 1404);
  await model.close();
});

/**
 * Measures every execution provider that works here on the face pack and on a generator of Wav2Lip's size (36 million
 * random weights), each in a process of its own:
 *
 *   node tests/bench/providers-bench.ts [--batches 1,4,16] [--only cpu,webgpu] [--out figures.json] [--software]
 *
 * Needs nothing but node_modules. On Linux it looks for a GPU's Vulkan driver by itself, also in headless containers;
 * --software takes the software driver instead (slow; shows that the bench works).
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { ensureFacePack } from '../../src/engine/face-pack/ensure-face-pack.ts';
import { facePackRecipes, type FacePackModel } from '../../src/engine/face-pack/recipes.ts';
import { compareOutputs } from '../../src/engine/inference/compare-outputs.ts';
import { onnxRuntime } from '../../src/engine/inference/onnx-runtime.ts';
import type { ProbeModel } from '../../src/engine/inference/probe-protocol.ts';
import { probeProvider, type ProbeOutcome } from '../../src/engine/inference/probe-provider.ts';
import { providerNames, type ProviderName } from '../../src/engine/inference/types.ts';
import { encodeOnnxModel } from '../../src/engine/onnx/onnx-writer.ts';
import { unpackSoftwareVulkan } from '../support/software-vulkan.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { vulkanEnvironments, type VulkanEnvironment } from '../support/vulkan-environments.ts';
import { fullSizeGeneratorGraph } from '../support/wav2lip-graph.ts';

const limitMs = 150_000;
const runs = 50;
const { values: options } = parseArgs({
  options: {
    batches: { type: 'string', default: '1,4,16' },
    only: { type: 'string', default: providerNames.join() },
    out: { type: 'string' },
    software: { type: 'boolean', default: false },
  },
});
const signal = new AbortController().signal;

await withTempFolder(async (folder) => {
  const machine = await describeMachine();
  console.log(machine.join('\n'));
  const models = await benchModels(folder);
  const cpu = await probeProvider({ provider: 'cpu', models, runs, threads: null, limitMs, signal });
  const providers: { provider: string; outcome: ProbeOutcome }[] = [{ provider: 'cpu', outcome: cpu }];
  for (const provider of await candidates()) {
    const environment = provider === 'webgpu' ? await findVulkan(folder, models[0]) : null;
    const outcome = await probeProvider({
      provider,
      models,
      runs,
      threads: null,
      limitMs,
      signal,
      environment: environment?.variables ?? {},
    });
    if (outcome.failure !== null) console.log(`${provider}: ${outcome.failure}`);
    providers.push({ provider, outcome });
  }
  const rows = providers.flatMap(({ provider, outcome }) => tabulate(provider, outcome, cpu));
  printTable(rows);
  if (options.out !== undefined) await writeFile(options.out, JSON.stringify({ machine, rows }, null, 2));
});

async function describeMachine(): Promise<readonly string[]> {
  const runtime = await onnxRuntime();
  const gpu = await promisify(execFile)('nvidia-smi', [
    '--query-gpu=name,driver_version,memory.total',
    '--format=csv,noheader',
  ]).then(
    ({ stdout }) => stdout.trim(),
    () => 'nvidia-smi not present',
  );
  return [
    `processor: ${cpus().at(0)?.model ?? 'unknown'}, ${availableParallelism()} threads`,
    `GPU: ${gpu}`,
    `onnxruntime-node ${runtime.env.versions.node ?? 'unknown'}, Node ${process.version}`,
  ];
}

async function candidates(): Promise<readonly ProviderName[]> {
  const { listSupportedBackends } = await onnxRuntime();
  const supported = listSupportedBackends().map(({ name }) => name);
  const wanted = options.only.split(',');
  return providerNames.filter((name) => name !== 'cpu' && supported.includes(name) && wanted.includes(name));
}

async function benchModels(folder: string): Promise<readonly ProbeModel[]> {
  const pack = await ensureFacePack();
  const face = (name: FacePackModel, path: string): ProbeModel => {
    const { size, scale, shift } = facePackRecipes[name];
    return { name, path, slowMs: null, inputs: [{ dims: [1, 3, size, size], span: 255 * scale, shift }] };
  };
  const { graph, parameterCount } = fullSizeGeneratorGraph();
  const path = join(folder, 'generator.onnx');
  await writeFile(path, encodeOnnxModel(graph));
  console.log(`generator: ${(parameterCount / 1e6).toFixed(1)} million parameters`);
  const generators = options.batches.split(',').map((text): ProbeModel => {
    const batch = Number(text);
    const sound = { dims: [batch, 1, 80, 16], span: 8, shift: -4 };
    return {
      name: `generator x${batch}`,
      path,
      slowMs: null,
      inputs: [sound, { dims: [batch, 6, 96, 96], span: 1, shift: 0 }],
    };
  });
  return [
    face('facemesh', pack.facemesh),
    face('blazeface', pack.blazeface),
    face('face-descriptor', pack.faceDescriptor),
    ...generators,
  ];
}

/** The first way to a Vulkan driver through which WebGPU answers; null when none does. */
async function findVulkan(folder: string, model: ProbeModel): Promise<VulkanEnvironment | null> {
  const unpacked = join(folder, 'vulkan');
  await mkdir(unpacked, { recursive: true });
  const ways = options.software
    ? [{ name: 'software driver', variables: await unpackSoftwareVulkan(unpacked) }]
    : await vulkanEnvironments(unpacked);
  for (const way of ways) {
    const order = { provider: 'webgpu', models: [model], runs: 0, threads: null } as const;
    const { failure } = await probeProvider({ ...order, limitMs, signal, environment: way.variables });
    console.log(`WebGPU, Vulkan ${way.name}: ${failure ?? 'works'}`);
    if (failure === null) return way;
  }
  return null;
}

interface Row {
  readonly provider: string;
  readonly model: string;
  readonly medianMs: number;
  readonly firstMs: number;
  readonly picturesPerSecond: number;
  readonly timesCpu: number;
  readonly maxDifference: number;
  readonly agrees: boolean;
}

function tabulate(provider: string, outcome: ProbeOutcome, cpu: ProbeOutcome): readonly Row[] {
  return outcome.answers.map(({ model, medianMs, firstMs, outputs }) => {
    const reference = cpu.answers.find((answer) => answer.model === model);
    const { largest, agrees } = compareOutputs(reference?.outputs ?? {}, outputs);
    const batch = Object.values(outputs)[0].dims[0];
    return {
      provider,
      model,
      medianMs,
      firstMs,
      picturesPerSecond: (batch * 1000) / medianMs,
      timesCpu: (reference?.medianMs ?? NaN) / medianMs,
      maxDifference: largest,
      agrees,
    };
  });
}

function printTable(rows: readonly Row[]): void {
  console.log('\n| provider | model | median ms | pictures/s | against CPU | difference | first run ms |');
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: |');
  for (const row of rows) {
    const difference = `${row.maxDifference.toExponential(1)}${row.agrees ? '' : ' WRONG'}`;
    console.log(
      `| ${row.provider} | ${row.model} | ${row.medianMs.toFixed(2)} | ${row.picturesPerSecond.toFixed(1)} | ` +
        `x${row.timesCpu.toFixed(2)} | ${difference} | ${row.firstMs.toFixed(0)} |`,
    );
  }
}

import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { DubwrightError } from '../../contract/errors.ts';
import { ensureFacePack } from '../face-pack/ensure-face-pack.ts';
import { facePackRecipes, type FacePackModel } from '../face-pack/recipes.ts';
import type { ProviderMeasurement, ProvidersReport } from '../host/tasks.ts';
import { encodeOnnxModel } from '../onnx/onnx-writer.ts';
import { generatorProbeBatch, generatorProbeGraph } from './generator-probe-graph.ts';
import { measureAgainstCpu, measureCpu } from './measure-provider.ts';
import { onnxRuntime } from './onnx-runtime.ts';
import type { ProbeModel } from './probe-protocol.ts';
import { providerFingerprint } from './provider-fingerprint.ts';
import { providerNames, type ProviderName } from './types.ts';

/** What a provider is chosen for. */
export type ProviderPurpose = 'faces' | 'generator';

/** Raise it when measuring changes: older measurements are then taken again. */
const measurementVersion = 1;
/** Where the system does not tell of a new driver, a measurement is trusted this long. */
const trustedMs = 30 * 24 * 3600 * 1000;
/** The model whose time decides, by purpose: the mesh runs on every frame, the detector only now and then. */
const decidingModel: Readonly<Record<ProviderPurpose, string>> = {
  faces: 'facemesh',
  generator: 'generator',
};

/** How to measure. */
export interface MeasureRequest {
  /** Measure although a trusted measurement exists. */
  readonly refresh: boolean;
  /** The measurement is kept here, in `providers.json`. */
  readonly cacheFolder: string;
  readonly signal: AbortSignal;
}

/**
 * Measures this machine's execution providers on the face pack and on a generator-like graph, each in a process of
 * its own, compares their answers with the CPU's, and chooses for each purpose the fastest that is right. The report
 * is kept until the runtime, the models, the graphics adapters or the drivers change.
 *
 * DUBWRIGHT_PROVIDER overrules the choice, not the measurement.
 *
 * @throws DubwrightError USAGE when DUBWRIGHT_PROVIDER names no provider.
 * @throws DubwrightError MODEL_PACK_MISSING as `ensureFacePack` does.
 * @throws AbortError when the signal fires.
 */
export async function measureProviders(request: MeasureRequest): Promise<ProvidersReport> {
  const overruled = providerFromEnvironment();
  const measurements = await readOrMeasure(request);
  const choose = (purpose: ProviderPurpose): string => overruled ?? chooseProvider(measurements, purpose);
  return { measurements, chosen: { faces: choose('faces'), generator: choose('generator') } };
}

/** The fastest provider that agrees with the CPU on the model that decides for a purpose; the CPU when in doubt. */
export function chooseProvider(
  measurements: readonly ProviderMeasurement[],
  purpose: ProviderPurpose,
): ProviderName {
  const model = decidingModel[purpose];
  let best: ProviderName = 'cpu';
  let bestMs = measurements.find(({ provider }) => provider === 'cpu')?.medianMs[model] ?? Infinity;
  for (const { provider, available, agreesWithCpu, medianMs } of measurements) {
    const ms = (medianMs[model] as number | undefined) ?? Infinity;
    if (!available || !agreesWithCpu || !isProviderName(provider) || ms >= bestMs) continue;
    best = provider;
    bestMs = ms;
  }
  return best;
}

/**
 * The provider that DUBWRIGHT_PROVIDER asks for, null when it is not set.
 *
 * @throws DubwrightError USAGE for a name that is none.
 */
export function providerFromEnvironment(): ProviderName | null {
  const name = process.env['DUBWRIGHT_PROVIDER'] ?? '';
  if (name === '') return null;
  if (isProviderName(name)) return name;
  const problem = `there is no execution provider "${name}", only ${providerNames.join(', ')}`;
  throw new DubwrightError('USAGE', { problem });
}

const isProviderName = (name: string): name is ProviderName =>
  (providerNames as readonly string[]).includes(name);

const cacheSchema = z.object({
  fingerprint: z.string(),
  measuredAt: z.number(),
  measurements: z.array(
    z.object({
      provider: z.string(),
      available: z.boolean(),
      medianMs: z.record(z.string(), z.number()),
      // JSON has no Infinity.
      maxDifference: z.record(
        z.string(),
        z
          .number()
          .nullable()
          .transform((value) => value ?? Infinity),
      ),
      agreesWithCpu: z.boolean(),
      note: z.string(),
    }),
  ),
});

async function readOrMeasure(request: MeasureRequest): Promise<readonly ProviderMeasurement[]> {
  const pack = await ensureFacePack();
  const runtime = await onnxRuntime();
  const fingerprint = await providerFingerprint({
    measurementVersion,
    runtime: runtime.env.versions.node ?? '',
    facePack: pack.sha256,
  });
  const path = join(request.cacheFolder, 'providers.json');
  const kept = request.refresh ? null : await readCache(path);
  if (kept?.fingerprint === fingerprint && Date.now() - kept.measuredAt < trustedMs) return kept.measurements;
  const measurements = await measureAll(request.signal);
  await writeCache(path, { fingerprint, measuredAt: Date.now(), measurements });
  return measurements;
}

async function readCache(path: string): Promise<z.infer<typeof cacheSchema> | null> {
  try {
    return cacheSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null; // never measured, or written by another version
  }
}

/** A cache that cannot be written costs a measurement next time, nothing else. */
async function writeCache(path: string, content: object): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(unfinished, JSON.stringify(content));
    await rename(unfinished, path);
  } catch {
    await rm(unfinished, { force: true }).catch(() => undefined);
  }
}

async function measureAll(signal: AbortSignal): Promise<readonly ProviderMeasurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dubwright-providers-'));
  try {
    const models = await probeModels(folder);
    const cpu = await measureCpu(models, signal);
    const measurements = [cpu.measurement];
    for (const provider of await candidates())
      measurements.push(await measureAgainstCpu(provider, models, { cpu, signal }));
    return measurements;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** TensorRT is left out: it spends minutes building an engine for each model, which no first start can afford. */
async function candidates(): Promise<readonly ProviderName[]> {
  const { listSupportedBackends } = await onnxRuntime();
  const names = listSupportedBackends().map(({ name }) => name);
  return names.filter(isProviderName).filter((name) => name !== 'cpu' && name !== 'tensorrt');
}

/** The smallest first, so that a hopeless provider is found out quickly. */
async function probeModels(folder: string): Promise<readonly Omit<ProbeModel, 'slowMs'>[]> {
  const pack = await ensureFacePack();
  const generatorPath = join(folder, 'generator.onnx');
  await writeFile(generatorPath, encodeOnnxModel(generatorProbeGraph()));
  const face = (name: FacePackModel, path: string) => {
    const { size, scale, shift } = facePackRecipes[name];
    return { name, path, inputs: [{ dims: [1, 3, size, size], span: 255 * scale, shift }] };
  };
  return [
    face('facemesh', pack.facemesh),
    face('blazeface', pack.blazeface),
    face('face-descriptor', pack.faceDescriptor),
    {
      name: 'generator',
      path: generatorPath,
      inputs: [{ dims: [generatorProbeBatch, 6, 96, 96], span: 1, shift: 0 }],
    },
  ];
}

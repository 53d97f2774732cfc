import type { ProviderMeasurement } from '../host/tasks.ts';
import { compareOutputs } from './compare-outputs.ts';
import type { ProbeAnswer, ProbeModel } from './probe-protocol.ts';
import { probeProvider, type ProbeOutcome } from './probe-provider.ts';
import type { ProviderName } from './types.ts';

/** The CPU's answers, which every other provider is held against. */
export interface CpuReference {
  readonly measurement: ProviderMeasurement;
  readonly answers: ReadonlyMap<string, ProbeAnswer>;
}

const runsPerModel = 12;
const cpuLimitMs = 120_000;
/** Compiling shaders for the first time takes seconds on a real GPU; a minute means that something hangs. */
const gpuLimitMs = 60_000;
/** A GPU that needs more than this many times the CPU's time, and this much more, is software or broken. */
const hopelessRatio = 5;
const hopelessMs = 50;

/** Measures the CPU provider on all models. Its report says what failed, should even the CPU fail. */
export async function measureCpu(
  models: readonly Omit<ProbeModel, 'slowMs'>[],
  signal: AbortSignal,
): Promise<CpuReference> {
  const outcome = await probeProvider({
    provider: 'cpu',
    models: models.map((model) => ({ ...model, slowMs: null })),
    runs: runsPerModel,
    threads: null,
    limitMs: cpuLimitMs,
    signal,
  });
  return {
    answers: new Map(outcome.answers.map((answer) => [answer.model, answer])),
    measurement: {
      provider: 'cpu',
      available: outcome.failure === null,
      medianMs: mediansOf(outcome),
      maxDifference: {},
      agreesWithCpu: true,
      note: outcome.failure ?? 'the reference',
    },
  };
}

/** Measures another provider on the same models and compares its answers with the CPU's. */
export async function measureAgainstCpu(
  provider: ProviderName,
  models: readonly Omit<ProbeModel, 'slowMs'>[],
  context: { readonly cpu: CpuReference; readonly signal: AbortSignal },
): Promise<ProviderMeasurement> {
  const { cpu, signal } = context;
  const cpuMs = (name: string): number => cpu.answers.get(name)?.medianMs ?? 0;
  const outcome = await probeProvider({
    provider,
    models: models.map((model) => ({ ...model, slowMs: cpuMs(model.name) * hopelessRatio + hopelessMs })),
    runs: runsPerModel,
    threads: null,
    limitMs: gpuLimitMs,
    signal,
  });
  const differences = outcome.answers.map(
    ({ model, outputs }) => [model, compareOutputs(cpu.answers.get(model)?.outputs ?? {}, outputs)] as const,
  );
  const wrong = differences.filter(([, { agrees }]) => !agrees).map(([model]) => model);
  const works = outcome.answers.length > 0;
  return {
    provider,
    available: works,
    medianMs: mediansOf(outcome),
    maxDifference: Object.fromEntries(differences.map(([model, { largest }]) => [model, largest])),
    agreesWithCpu: works && wrong.length === 0,
    note: describe(outcome, wrong),
  };
}

function mediansOf({ answers }: ProbeOutcome): Record<string, number> {
  return Object.fromEntries(answers.map(({ model, medianMs }) => [model, medianMs]));
}

function describe({ answers, failure }: ProbeOutcome, wrong: readonly string[]): string {
  const notes: string[] = [];
  if (wrong.length > 0) notes.push(`wrong answers on ${wrong.join(', ')}`);
  const slow = answers.find(({ isSlow }) => isSlow);
  if (slow !== undefined) notes.push(`far slower than the CPU on ${slow.model}; the rest was not measured`);
  if (failure !== null) notes.push(failure);
  if (notes.length === 0)
    notes.push(`first run after ${Math.max(...answers.map(({ firstMs }) => firstMs)).toFixed(0)} ms at most`);
  return notes.join('; ');
}

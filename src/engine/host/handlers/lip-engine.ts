import { readFile } from 'node:fs/promises';
import type { LipEngine } from '../../lipsync/types.ts';
import { readOnnxHeader } from '../../onnx/onnx-header.ts';
import type { ProviderName } from '../../inference/types.ts';
import type { TaskContext } from '../protocol.ts';
import type { EngineChoice, EngineTasks } from '../tasks.ts';
import { chosenProvider } from './chosen-provider.ts';
import { expertName } from './open-expert.ts';

/** A lip engine that was opened for one task. */
export interface OpenedEngine {
  readonly engine: LipEngine;
  /** Runs the engine's model; null for an engine without one. */
  readonly provider: ProviderName | null;
  readonly close: () => Promise<void>;
}

/**
 * Opens the engine that was asked for.
 * @throws DubwrightError MODEL_NOT_FOUND, MODEL_UNREADABLE, MODEL_WRONG_SHAPE, PROVIDER_UNAVAILABLE
 */
export async function openLipEngine(
  { id, modelPath }: EngineChoice,
  signal: AbortSignal,
): Promise<OpenedEngine> {
  if (id === 'generator') {
    const { createGeneratorEngine } = await import('../../lipsync/generator/generator-engine.ts');
    const provider = await chosenProvider('generator', signal);
    const engine = await createGeneratorEngine({ modelPath: modelPath ?? '', provider });
    return { engine, provider, close: () => engine.close() };
  }
  const { createUnitSelectionEngine } = await import('../../lipsync/unit-selection/engine.ts');
  return { engine: createUnitSelectionEngine(), provider: null, close: () => Promise.resolve() };
}

/** What an engine's pixels depend on besides their inputs. */
export async function describeEngine(
  { engine: choice }: EngineTasks['describeEngine']['input'],
  { signal }: TaskContext,
): Promise<EngineTasks['describeEngine']['output']> {
  const opened = await openLipEngine(choice, signal);
  await opened.close();
  const modelLicence = choice.modelPath === null ? null : await statedLicence(choice.modelPath);
  return { fingerprint: opened.engine.fingerprint, modelLicence, expert: await expertName() };
}

/** The licence that a model file states in its metadata; null where it states none. */
async function statedLicence(modelPath: string): Promise<string | null> {
  const metadata = readOnnxHeader(await readFile(modelPath))?.metadata ?? {};
  return Object.entries(metadata).find(([name]) => /^licen[cs]e$/i.test(name))?.[1] ?? null;
}

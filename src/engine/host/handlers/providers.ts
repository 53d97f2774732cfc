import { measureProviders } from '../../inference/providers.ts';
import type { TaskContext } from '../protocol.ts';
import type { EngineTasks, ProvidersReport } from '../tasks.ts';

/** Measures this machine's execution providers, or finds that it was done before. */
export function providers(
  input: EngineTasks['providers']['input'],
  { signal }: TaskContext,
): Promise<ProvidersReport> {
  return measureProviders({ ...input, signal });
}

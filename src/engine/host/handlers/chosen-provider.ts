import { providerFromEnvironment, measureProviders } from '../../inference/providers.ts';
import type { ProviderPurpose } from '../../inference/providers.ts';
import { mayHaveGraphics } from '../../inference/provider-fingerprint.ts';
import type { ProviderName } from '../../inference/types.ts';
import { machineCacheVariable } from '../machine-cache.ts';

/**
 * The provider for a purpose: the one that the user named, else the fastest that is right here. Measured once per
 * machine; where there is no graphics adapter at all, the CPU needs no contest.
 * @throws DubwrightError USAGE for a name that is none; AbortError
 */
export async function chosenProvider(purpose: ProviderPurpose, signal: AbortSignal): Promise<ProviderName> {
  const named = providerFromEnvironment();
  if (named !== null) return named;
  const cacheFolder = process.env[machineCacheVariable] ?? '';
  if (cacheFolder === '' || !(await mayHaveGraphics())) return 'cpu';
  const { chosen } = await measureProviders({ refresh: false, cacheFolder, signal });
  return chosen[purpose] as ProviderName;
}

import { EngineClient } from '../engine/host/client.ts';
import { DubwrightError } from '../contract/errors.ts';
import { machineCacheVariable } from '../engine/host/machine-cache.ts';
import { providerNames } from '../engine/inference/types.ts';
import { makeCacheRoot } from './cache-folder.ts';

/** The pieces of a studio, put together for one shell: a command, a server, a window. */
export interface Studio {
  /** In a process of its own, started at the first call. */
  readonly engine: EngineClient;
  /** Where analyses and other reusable by-products live; safe to delete while nothing runs. */
  readonly cacheFolder: string;
  /** Ends the engine process and everything it started. */
  close(): Promise<void>;
}

/** What a shell may settle for its whole studio. */
export interface StudioOptions {
  /** Let the engine process write its stderr through. */
  readonly isDebug: boolean;
  /** Execution provider that overrules the measured choice; null keeps it. */
  readonly provider: string | null;
}

/**
 * Puts a studio together. Only the cache folder is made; the engine starts when it is used.
 * @throws DubwrightError USAGE for a provider that nobody knows
 */
export function openStudio(options: StudioOptions): Studio {
  const { isDebug, provider } = options;
  if (provider !== null && !providerNames.some((name) => name === provider)) {
    const problem = `there is no execution provider "${provider}", only ${providerNames.join(', ')}`;
    throw new DubwrightError('USAGE', { problem });
  }
  const cacheFolder = makeCacheRoot();
  const engine = new EngineClient({
    showStderr: isDebug,
    environment: {
      [machineCacheVariable]: cacheFolder,
      ...(provider === null ? {} : { DUBWRIGHT_PROVIDER: provider }),
    },
  });
  return { engine, cacheFolder, close: () => engine.close() };
}

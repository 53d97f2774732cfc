import { EngineClient } from '../engine/host/client.ts';
import { machineFolders } from './machine-folders.ts';

/** The pieces of a studio, put together for one shell: a command, a server, a window. */
export interface Studio {
  /** In a process of its own, started at the first call. */
  readonly engine: EngineClient;
  /** Where analyses and other reusable by-products live; safe to delete at any time. */
  readonly cacheFolder: string;
  /** Ends the engine process and everything it started. */
  close(): Promise<void>;
}

/** Puts a studio together. Nothing is started or written until it is used. */
export function openStudio(options: { readonly isDebug: boolean }): Studio {
  const engine = new EngineClient({ showStderr: options.isDebug });
  return { engine, cacheFolder: machineFolders().cache, close: () => engine.close() };
}

import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folders of this person on this machine. */
export interface MachineFolders {
  /** Things that can be computed again. */
  readonly cache: string;
}

/**
 * Where the operating system wants a program to keep its by-products; DUBWRIGHT_CACHE overrules
 * (https://specifications.freedesktop.org/basedir-spec/ on Linux, Apple's and Microsoft's own places elsewhere).
 */
export function machineFolders(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): MachineFolders {
  const { DUBWRIGHT_CACHE: chosen, XDG_CACHE_HOME: xdgCache, LOCALAPPDATA: localAppData } = environment;
  if (chosen !== undefined && chosen !== '') return { cache: chosen };
  if (platform === 'darwin') return { cache: join(homedir(), 'Library', 'Caches', 'dubwright') };
  if (platform === 'win32') {
    return { cache: join(localAppData ?? join(homedir(), 'AppData', 'Local'), 'dubwright', 'cache') };
  }
  const base = xdgCache !== undefined && xdgCache.startsWith('/') ? xdgCache : join(homedir(), '.cache');
  return { cache: join(base, 'dubwright') };
}

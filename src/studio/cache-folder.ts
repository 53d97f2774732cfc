import { accessSync, constants, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DubwrightError } from '../contract/errors.ts';
import { toOutputError } from '../engine/media/output-file.ts';
import { makeFolder } from './make-folder.ts';
import type { CacheIndex } from './store/cache-index.ts';
import { openProject } from './store/project-store.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the cache may hold when nobody said otherwise. */
const defaultLimitBytes = 20 * 1024 ** 3;

/**
 * The user's cache folder: `DUBWRIGHT_CACHE`, or the platform's own place for such things.
 * https://specifications.freedesktop.org/basedir-spec, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows.
 */
export function cacheRootOf(environment: Environment, platform: NodeJS.Platform): string {
  const chosen = environment['DUBWRIGHT_CACHE'];
  if (chosen) return chosen;
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] ?? tmpdir(), 'dubwright', 'cache');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'dubwright');
  const xdg = environment['XDG_CACHE_HOME'];
  return join(xdg?.startsWith('/') === true ? xdg : join(homedir(), '.cache'), 'dubwright');
}

/** How many bytes of films the cache may hold: `DUBWRIGHT_CACHE_LIMIT_MB`, or 20 GiB. */
export function cacheLimitOf(environment: Environment): number {
  const megabytes = Number(environment['DUBWRIGHT_CACHE_LIMIT_MB'] ?? '');
  return Number.isFinite(megabytes) && megabytes > 0 ? megabytes * 1024 ** 2 : defaultLimitBytes;
}

/**
 * Makes the cache folder; where the user's own place cannot be written (a home that is read-only), one in the
 * system's folder for temporary files serves.
 */
export function makeCacheRoot(environment: Environment = process.env): string {
  const wanted = cacheRootOf(environment, process.platform);
  try {
    makeFolder(wanted);
    accessSync(wanted, constants.W_OK);
    return wanted;
  } catch (thrown) {
    if (environment['DUBWRIGHT_CACHE']) throw toOutputError(thrown, wanted);
    const spare = join(tmpdir(), `dubwright-cache-${process.getuid?.() ?? 'user'}`);
    mkdirSync(spare, { recursive: true, mode: 0o700 });
    // Everybody may write beside it: a folder that somebody else laid there is not ours to trust.
    if (process.getuid !== undefined && statSync(spare).uid !== process.getuid())
      throw toOutputError(thrown, wanted);
    return spare;
  }
}

/** A film's folder: everything about one source, whatever voice it is dubbed with. */
export function filmFolder(cacheRoot: string, filmId: string): string {
  return join(cacheRoot, 'films', filmId);
}

/** Bytes of all files under a folder; files that vanish meanwhile count nothing. */
export function folderBytes(folder: string): number {
  let total = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const stats = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stats?.isFile() === true) total += stats.size;
  }
  return total;
}

/** Where a film's temporary projects lie. */
export function projectsFolder(folder: string): string {
  return join(folder, 'projects');
}

/** Whether another process works in a film's folder: it holds one of its projects open. */
function isInUse(folder: string): boolean {
  let names: string[];
  try {
    names = readdirSync(projectsFolder(folder)).filter((name) => name.endsWith('.dubwright'));
  } catch {
    return false;
  }
  return names.some((name) => {
    try {
      openProject(join(projectsFolder(folder), name)).close();
      return false;
    } catch (thrown) {
      return thrown instanceof DubwrightError && thrown.code === 'PROJECT_LOCKED';
    }
  });
}

/** Lists films that lie in the cache but not in its index (it was damaged once), so that they can be cleared too. */
function adoptUnlisted(cacheRoot: string, index: CacheIndex): void {
  const listed = new Set(index.listFilms().map((film) => film.id));
  for (const entry of readdirSync(join(cacheRoot, 'films'), { withFileTypes: true })) {
    if (!entry.isDirectory() || listed.has(entry.name)) continue;
    if (entry.name.startsWith('.')) {
      // A removal that was interrupted.
      rmSync(filmFolder(cacheRoot, entry.name), { recursive: true, force: true });
      continue;
    }
    const folder = filmFolder(cacheRoot, entry.name);
    const lastUsedMs = Math.round(statSync(folder).mtimeMs);
    index.touchFilm({ id: entry.name, bytes: folderBytes(folder), lastUsedMs });
  }
}

/**
 * Removes the longest unused films until the cache is within its limit. The present film and films that another
 * process works on stay, whatever they weigh.
 * @returns Ids of the films removed.
 */
export function clearCache(
  cacheRoot: string,
  index: CacheIndex,
  request: { readonly limitBytes: number; readonly keepFilmId: string },
): string[] {
  makeFolder(join(cacheRoot, 'films'));
  adoptUnlisted(cacheRoot, index);
  const films = index.listFilms();
  let total = films.reduce((sum, film) => sum + film.bytes, 0);
  const removed: string[] = [];
  for (const film of films) {
    if (total <= request.limitBytes) break;
    const folder = filmFolder(cacheRoot, film.id);
    if (film.id === request.keepFilmId || isInUse(folder)) continue;
    // Renamed first, so that nobody finds half of it.
    const doomed = join(cacheRoot, 'films', `.removed-${film.id}-${process.pid}`);
    if (statSync(folder, { throwIfNoEntry: false })) {
      renameSync(folder, doomed);
      rmSync(doomed, { recursive: true, force: true });
    }
    index.forgetFilm(film.id);
    total -= film.bytes;
    removed.push(film.id);
  }
  return removed;
}

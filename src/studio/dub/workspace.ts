import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DubwrightError } from '../../contract/errors.ts';
import { cacheLimitOf, clearCache, filmFolder, folderBytes, projectsFolder } from '../cache-folder.ts';
import { sha256OfText } from '../hashing.ts';
import { makeFolder } from '../make-folder.ts';
import type { CacheIndex } from '../store/cache-index.ts';
import { readMedia } from '../store/media-table.ts';
import { openProject } from '../store/project-store.ts';
import type { ProjectStore } from '../store/project-store.ts';

/** Where a job keeps its project, its takes and what it found out. */
export interface Workspace {
  readonly store: ProjectStore;
  /** By-products of the film: analysis, library, decoded sound. */
  readonly cacheFolder: string;
  readonly soundFolder: string;
  /** Takes by key. A key says everything about its take, so that voices of one film can share the folder. */
  readonly takesFolder: string;
  /** The project the user named; null for the temporary one. */
  readonly projectPath: string | null;
  /** Gives the project back and keeps the user's cache within its limit. */
  close(): void;
}

/** What a workspace is for. */
export interface WorkspaceRequest {
  readonly projectPath: string | null;
  readonly sourceSha256: string;
  /** Absolute. */
  readonly voicePath: string;
  readonly cacheRoot: string;
  readonly index: CacheIndex;
}

function requireSameSource(store: ProjectStore, sourceSha256: string): void {
  const known = readMedia(store.db, 'source');
  if (known === null || known.sha256 === sourceSha256) return;
  throw new DubwrightError('PROJECT_OTHER_SOURCE', { path: store.path, reason: known.path });
}

/** In a folder that several processes may use, what is older than this is nobody's work any more. */
const abandonedMs = 24 * 3_600_000;

/** Removes files that killed runs left unfinished. */
function removeUnfinished(folder: string, olderThanMs: number): void {
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.part'))) {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined && Date.now() - stats.mtimeMs >= olderThanMs) rmSync(path, { force: true });
  }
}

function openAt(
  path: string,
  dataFolder: string | null,
  sourceSha256: string,
): Omit<Workspace, 'projectPath'> {
  const store = openProject(path);
  try {
    requireSameSource(store, sourceSha256);
    const data = dataFolder ?? store.dataFolder;
    const folders = {
      cacheFolder: join(data, 'cache'),
      soundFolder: join(data, 'sound'),
      takesFolder: join(data, 'takes'),
    };
    for (const folder of Object.values(folders)) {
      makeFolder(folder);
      // A named project's folder is this process's alone; a film's folder may serve another voice just now.
      removeUnfinished(folder, dataFolder === null ? 0 : abandonedMs);
    }
    return { store, ...folders, close: () => store.close() };
  } catch (thrown) {
    store.close();
    throw thrown;
  }
}

/**
 * Opens the named project, or a temporary one in the user's cache folder. A temporary project belongs to one film and
 * one voice file; its film's analysis and takes serve every voice of that film.
 * @throws DubwrightError the project codes; PROJECT_OTHER_SOURCE when the named project is of another film
 */
export function openWorkspace(request: WorkspaceRequest): Workspace {
  const { projectPath, sourceSha256, cacheRoot, index } = request;
  if (projectPath !== null) {
    const path = resolve(projectPath);
    return { ...openAt(path, null, sourceSha256), projectPath: path };
  }
  const filmId = sourceSha256.slice(0, 24);
  const folder = filmFolder(cacheRoot, filmId);
  const name = `${sha256OfText(request.voicePath).slice(0, 24)}.dubwright`;
  const workspace = openAt(join(projectsFolder(folder), name), folder, sourceSha256);
  const close = (): void => {
    workspace.close();
    if (!existsSync(folder)) return;
    index.touchFilm({ id: filmId, bytes: folderBytes(folder), lastUsedMs: Date.now() });
    clearCache(cacheRoot, index, { limitBytes: cacheLimitOf(process.env), keepFilmId: filmId });
  };
  return { ...workspace, projectPath: null, close };
}

import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { DubwrightError } from '../../contract/errors.ts';

/** Where the tools came from: an explicit setting, the npm package `ffmpeg-static`, PATH, or the installer packages. */
export type FfmpegOrigin = 'setting' | 'ffmpeg-static' | 'system' | 'installer';

/** The ffmpeg that this process uses. */
export interface FfmpegTools {
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  /** As `ffmpeg -version` prints it: "7.1.1", "N-47683-g0e8eb07980-static". */
  readonly version: string;
  /** 4 to 9 …; null when neither the version nor its libavcodec tells. */
  readonly majorVersion: number | null;
  readonly origin: FfmpegOrigin;
  /** `-fps_mode` came with 5.1; `-vsync` left with 8. */
  readonly hasFpsMode: boolean;
}

interface VersionFacts {
  readonly version: string;
  readonly majorVersion: number | null;
  readonly hasFpsMode: boolean;
}

const runFile = promisify(execFile);
const require = createRequire(import.meta.url);
const oldestSystemMajor = 5;
const suffix = process.platform === 'win32' ? '.exe' : '';
const found = new Map<string, Promise<FfmpegTools>>();

/**
 * Finds ffmpeg and ffprobe, in this order: the environment variables DUBWRIGHT_FFMPEG and DUBWRIGHT_FFPROBE, the npm
 * package `ffmpeg-static` where its binary arrived, a system ffmpeg of version 5 or newer, the installer packages.
 * The answer is kept for the life of the process as long as the environment stays the same.
 * @throws DubwrightError FFMPEG_MISSING when there is none, or the one that was set does not run.
 */
export function locateFfmpeg(): Promise<FfmpegTools> {
  const { DUBWRIGHT_FFMPEG, DUBWRIGHT_FFPROBE, PATH } = process.env;
  const key = JSON.stringify([DUBWRIGHT_FFMPEG, DUBWRIGHT_FFPROBE, PATH]);
  const known = found.get(key);
  if (known !== undefined) return known;
  const search = searchFfmpeg(DUBWRIGHT_FFMPEG, DUBWRIGHT_FFPROBE);
  found.set(key, search);
  search.catch(() => found.delete(key));
  return search;
}

/** Output options that hand every decoded frame on as it is: none dropped, none repeated, to fit a rate. */
export function passthroughRateOptions(tools: FfmpegTools): readonly string[] {
  return tools.hasFpsMode ? ['-fps_mode', 'passthrough'] : ['-vsync', 'passthrough'];
}

async function searchFfmpeg(
  setFfmpeg: string | undefined,
  setFfprobe: string | undefined,
): Promise<FfmpegTools> {
  const chosen = await chooseFfmpeg(setFfmpeg);
  const ffprobePath = await chooseFfprobe(chosen.path, setFfprobe);
  return { ffmpegPath: chosen.path, ffprobePath, origin: chosen.origin, ...chosen.facts };
}

async function chooseFfmpeg(
  set: string | undefined,
): Promise<{ path: string; origin: FfmpegOrigin; facts: VersionFacts }> {
  if (set !== undefined && set !== '') {
    const facts = await versionOf(set);
    if (facts === null) throw new DubwrightError('FFMPEG_MISSING', { tool: 'ffmpeg', path: set });
    return { path: set, origin: 'setting', facts };
  }
  const candidates: [FfmpegOrigin, () => Promise<string | null>][] = [
    ['ffmpeg-static', () => Promise.resolve(pathFromPackage('ffmpeg-static'))],
    ['system', () => findOnPath('ffmpeg')],
    ['installer', () => Promise.resolve(pathFromPackage('@ffmpeg-installer/ffmpeg'))],
  ];
  for (const [origin, find] of candidates) {
    const path = await find();
    const facts = path === null ? null : await versionOf(path);
    if (path === null || facts === null) continue;
    if (origin === 'system' && (facts.majorVersion ?? 0) < oldestSystemMajor) continue;
    return { path, origin, facts };
  }
  throw new DubwrightError('FFMPEG_MISSING', { tool: 'ffmpeg' });
}

/** ffprobe beside the chosen ffmpeg first (same build, same answers), then PATH, then the installer's. */
async function chooseFfprobe(ffmpegPath: string, set: string | undefined): Promise<string> {
  if (set !== undefined && set !== '') {
    if ((await versionOf(set)) === null)
      throw new DubwrightError('FFMPEG_MISSING', { tool: 'ffprobe', path: set });
    return set;
  }
  const onPath = await findOnPath('ffprobe');
  for (const path of [
    join(dirname(ffmpegPath), `ffprobe${suffix}`),
    onPath,
    pathFromPackage('@ffprobe-installer/ffprobe'),
  ]) {
    if (path !== null && (await isRunnable(path)) && (await versionOf(path)) !== null) return path;
  }
  throw new DubwrightError('FFMPEG_MISSING', { tool: 'ffprobe' });
}

/** What a package that carries a binary exports: the path itself, or an object with it; null when it is not there. */
function pathFromPackage(name: string): string | null {
  try {
    const exported: unknown = require(name);
    if (typeof exported === 'string') return exported;
    const path: unknown = typeof exported === 'object' && exported !== null && Reflect.get(exported, 'path');
    return typeof path === 'string' ? path : null;
  } catch {
    return null;
  }
}

async function findOnPath(name: string): Promise<string | null> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, name + suffix);
    if (await isRunnable(path)) return path;
  }
  return null;
}

async function isRunnable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function versionOf(path: string): Promise<VersionFacts | null> {
  const text = await runFile(path, ['-version'], { timeout: 20_000, windowsHide: true }).then(
    (result) => result.stdout,
    () => null,
  );
  return text === null ? null : parseVersion(text);
}

/**
 * Reads what `ffmpeg -version` prints. Nightly builds carry no number, so libavcodec's answers for them (libavcodec
 * is always 54 majors ahead: 58 is ffmpeg 4, 61 is 7; 59.37 is 5.1).
 */
export function parseVersion(text: string): VersionFacts | null {
  const version = /^ff(?:mpeg|probe) version (\S+)/m.exec(text)?.[1];
  if (version === undefined) return null;
  const codec = /^\s*libavcodec\s+(\d+)\.\s*(\d+)/m.exec(text);
  const codecMajor = codec === null ? null : Number(codec[1]);
  const codecMinor = codec === null ? 0 : Number(codec[2]);
  const stated = /^n?(\d+)\.\d/.exec(version)?.[1];
  const majorVersion = stated !== undefined ? Number(stated) : codecMajor === null ? null : codecMajor - 54;
  const hasFpsMode = codecMajor !== null && (codecMajor > 59 || (codecMajor === 59 && codecMinor >= 37));
  return { version, majorVersion, hasFpsMode };
}

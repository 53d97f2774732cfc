import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { DubwrightError } from '../../contract/errors.ts';
import type { SyncReport } from '../../contract/sync-report.ts';
import {
  checkOutputPath,
  commitFile,
  discard,
  temporaryPathBeside,
  toOutputError,
} from '../../engine/media/output-file.ts';
import { syncFigure } from './sync-figure.ts';

const require = createRequire(import.meta.url);
const fontFile = 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf';
const boldFontFile = 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf';
const rasteriserFile = '@resvg/resvg-wasm/index_bg.wasm';

let starting: Promise<void> | null = null;

/**
 * Looks before the long work starts whether a plot can be written there; an older file of that name is replaced.
 * @throws DubwrightError USAGE for another ending than .png and .svg, OUTPUT_NOT_WRITABLE
 */
export async function checkPlotPath(path: string): Promise<void> {
  const ending = extname(path).toLowerCase();
  if (ending !== '.png' && ending !== '.svg')
    throw new DubwrightError('USAGE', { problem: '--plot takes a name that ends in .png or .svg' });
  await checkOutputPath(path, true);
}

/**
 * Writes the charts of a report as PNG (2400 pixels wide) or SVG, by the name's ending; the file appears whole.
 * @throws DubwrightError OUTPUT_NOT_WRITABLE, DISK_FULL
 */
export async function writeSyncPlot(path: string, report: SyncReport): Promise<void> {
  const svg = syncFigure(report);
  const data = extname(path).toLowerCase() === '.svg' ? svg : await rasterise(svg);
  const temporaryPath = temporaryPathBeside(path);
  try {
    await writeFile(temporaryPath, data);
  } catch (thrown) {
    await discard(temporaryPath);
    throw toOutputError(thrown, path);
  }
  await commitFile(temporaryPath, path, true);
}

/** Twice the figure's own size, for sharp text. The same everywhere: the font is ours, none of the machine's is used. */
async function rasterise(svg: string): Promise<Uint8Array> {
  starting ??= readFile(require.resolve(rasteriserFile)).then((wasm) => initWasm(wasm));
  await starting;
  const fontBuffers = await Promise.all(
    [fontFile, boldFontFile].map(async (file) => new Uint8Array(await readFile(require.resolve(file)))),
  );
  const picture = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: 2 },
    font: { fontBuffers, defaultFontFamily: 'DejaVu Sans', loadSystemFonts: false },
  });
  try {
    return picture.render().asPng();
  } finally {
    picture.free();
  }
}

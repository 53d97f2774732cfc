/**
 * `npm run look`: dubs short stretches of six speakers in foreign voices, measures how the result looks and lays out
 * what an eye needs to judge it, in out/look/<case>/:
 *
 *   side-by-side.mp4   original | one pane per way of predicting lips, with the voice
 *   mouths-N.png       every frame's mouth, rows as in the film: p lips that should close, s silence, ! one of the
 *                      least steady frames
 *
 *   npm run look                       every case
 *   npm run look -- anchor blue-wall   some
 *   npm run look -- --measure          figures and sheets only, no films
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createUnitSelectionEngine } from '../../src/engine/lipsync/unit-selection/engine.ts';
import type { LipScene, LipSegment } from '../../src/engine/lipsync/types.ts';
import { openFrameReader } from '../../src/engine/media/frame-reader.ts';
import { openFrameWriter } from '../../src/engine/media/frame-writer.ts';
import { writeContactSheet, type SheetColumn } from './contact-sheet.ts';
import { lookCases, type LookCase } from './look-cases.ts';
import { measureLook, type Look } from './look-measure.ts';
import { renderLook, segmentOf, variantPaths, type LookRender } from './look-render.ts';
import { facesOf, filesOf, sceneOf, soundOf } from './look-scene.ts';
import { writeSideBySide } from './side-by-side.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { measure: { type: 'boolean', default: false }, folder: { type: 'string' } },
});
const folder = options.folder ?? join(import.meta.dirname, '../../out/look');
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

/** Ways of predicting lips that are compared. */
const variants = {
  spectral: () => createUnitSelectionEngine({ predictor: 'spectral' }),
  learned: () => createUnitSelectionEngine({ predictor: 'learned' }),
} as const;

function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

/** The stretch as it was shot, lossless, for the first pane. */
async function writeOriginal(scene: LipScene, segment: LipSegment, outPath: string): Promise<void> {
  const { startFrame, endFrame } = segment;
  const { video, table } = scene.source;
  const writer = await openFrameWriter({
    ...{ outPath, overwrite: true, codec: 'ffv1', format: video.planarFormat },
    ...{ width: video.width, height: video.height, colour: video.colour },
    ...{ sampleAspectRatio: video.sampleAspectRatio, timeBase: table.timeBase, tickStep: 1 },
    ...{ frameRate: video.frameRate, startTimecode: null, metadata: {}, extra: null, signal: stop.signal },
  });
  const start = table.ticks[startFrame];
  for await (const frame of await openFrameReader({ source: scene.source, startFrame, endFrame }))
    await writer.write(frame, table.ticks[frame.index] - start, table.ticks[frame.index + 1] - start);
  await writer.finish();
}

interface Shown {
  readonly title: string;
  readonly render: LookRender;
  readonly look: Look;
}

const perRow = 10;
const rowsPerSheet = 3;
/** Steps this much larger than expected are marked. */
const unsteady = 1.6;

/** Marks of a frame: what should be seen there. */
function labelsOf(segment: LipSegment, shown: readonly Shown[]): string[] {
  const { wanted } = shown[shown.length - 1].render;
  const { silent, flicker } = shown[shown.length - 1].look;
  const isSilent = new Set(silent);
  const isUnsteady = new Set(
    flicker.worst.filter(({ excess }) => excess > unsteady).map(({ frame }) => frame - segment.startFrame),
  );
  return Array.from(wanted, (value, t) => {
    const isLeast = value < (wanted[t - 1] ?? Infinity) && value <= (wanted[t + 1] ?? Infinity);
    const closes = isLeast && value < -0.7 && !isSilent.has(t);
    return `${segment.startFrame + t}${closes ? ' p' : ''}${isSilent.has(t) ? ' s' : ''}${isUnsteady.has(t) ? '!' : ''}`;
  });
}

function writeSheets(outFolder: string, segment: LipSegment, shown: readonly Shown[]): void {
  const labels = labelsOf(segment, shown);
  const columns: SheetColumn[] = labels.map((label, t) => ({
    label,
    tiles: [shown[0].render.sourceTiles[t], ...shown.map(({ render }) => render.resultTiles[t])],
  }));
  const perSheet = perRow * rowsPerSheet;
  for (let sheet = 0; sheet * perSheet < columns.length; sheet++) {
    const part = columns.slice(sheet * perSheet, (sheet + 1) * perSheet);
    writeContactSheet(join(outFolder, `mouths-${sheet + 1}.png`), part, perRow);
  }
}

function line(name: string, title: string, { look, render }: Shown): string {
  const number = (value: number, digits = 2): string => (Number.isNaN(value) ? '-' : value.toFixed(digits));
  const { flicker } = look;
  const rest = [look.openingInSilence, look.ownQuantile, look.ownQuantileAtPose]
    .map((opening) => number(opening, 3))
    .join(' / ');
  const frames = render.wanted.length;
  return [
    name.padEnd(20),
    title.padEnd(9),
    number(look.sharpness).padStart(9),
    number(look.sharpnessAlike).padStart(6),
    number(flicker.ratio).padStart(8),
    number(flicker.plainRatio).padStart(6),
    rest.padStart(25),
    number((1000 * frames) / render.renderMs, 0).padStart(6),
    `  ${flicker.worst.map(({ frame, excess }) => `${frame} (${excess.toFixed(1)})`).join(' ')}`,
  ].join(' ');
}

async function showCase(look: LookCase): Promise<void> {
  const files = filesOf(look);
  if (files === null) {
    console.log(`${look.name.padEnd(20)} skipped: no shared media here (set DUBWRIGHT_SHARED_MEDIA)`);
    return;
  }
  const outFolder = join(folder, look.name);
  mkdirSync(outFolder, { recursive: true });
  say(`${look.name}: faces`);
  const scene = await sceneOf(files.film, outFolder, stop.signal);
  const voice = await soundOf(files.voice, outFolder, stop.signal);
  const segment = segmentOf(scene, look, voice);
  const shown: Shown[] = [];
  for (const [title, engine] of Object.entries(variants)) {
    const paths = variantPaths(outFolder, title);
    const onFrame = (done: number, total: number): void => say(`${look.name}: ${title} ${done}/${total}`);
    const render = await renderLook({
      ...{ scene, engine: engine(), segment, outPath: paths.film, onFrame, signal: stop.signal },
    });
    say(`${look.name}: ${title}, measuring`);
    rmSync(paths.faces, { recursive: true, force: true });
    const resultFaces = await facesOf(paths.film, paths.faces, stop.signal);
    const measured = { title, render, look: measureLook(scene, segment, render, resultFaces) };
    resultFaces.close();
    shown.push(measured);
    say('');
    console.log(line(look.name, title, measured));
  }
  writeSheets(outFolder, segment, shown);
  if (!options.measure) {
    const original = variantPaths(outFolder, 'original').film;
    if (!existsSync(original)) await writeOriginal(scene, segment, original);
    say(`${look.name}: side by side`);
    await writeSideBySide({
      panes: [
        { path: original, title: 'original' },
        ...shown.map(({ title, render }) => ({ path: render.path, title })),
      ],
      startFrame: segment.startFrame,
      caption: `${look.clip ?? 'demo'} | ${look.voice}`,
      voice: {
        path: files.voice,
        fromSeconds: look.voiceFromSeconds,
        seconds: segment.voice.sampleCount / segment.voice.sampleRateHz,
      },
      outPath: join(outFolder, 'side-by-side.mp4'),
      signal: stop.signal,
    });
    say('');
  }
  scene.faces.close();
  scene.originalSound?.close();
  voice.close();
}

console.log(
  'case                 variant   sharpness  alike  flicker  plain  rest / own 20 % / at pose  fps  unsteady frames (times expected)',
);
for (const look of lookCases) {
  if (positionals.length > 0 && !positionals.some((part) => look.name.includes(part))) continue;
  await showCase(look);
}

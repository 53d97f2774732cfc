/**
 * `npm run bench`: how fast the main job is, on this machine, in one run.
 *
 *   npm run bench                 whole dubs from the shell (first run, other voice with cached analysis, same again),
 *                                 then the generator against its own bare model, then the lip-sync expert
 *   npm run bench -- --long       also a film ten times as long: what the length costs in memory
 *   npm run bench -- --film f.mp4 another film than the shared close-up or, without that, the demo
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { locateFfmpeg } from '../../src/engine/media/locate-ffmpeg.ts';
import { runCli } from '../support/cli.ts';
import { sharedFolder } from '../support/shared-media.ts';
import { withTempFolder } from '../support/temp-folder.ts';

interface Report {
  readonly frameCount: number;
  readonly totalMs: number;
  readonly peakMemoryBytes: number;
  readonly renderedFrames: number;
  readonly analysisFromCache: boolean;
  readonly stageMs: Readonly<Record<string, number>>;
}

const { values: options } = parseArgs({
  options: { film: { type: 'string' }, long: { type: 'boolean', default: false } },
});

const demo = join(import.meta.dirname, '../../resources/demo');
const clips = sharedFolder('clips');
const voices = sharedFolder('voices');
const film =
  options.film ?? (clips === null ? join(demo, 'speech.mp4') : join(clips, 'anchor-71s-512-25fps.mp4'));
const voice = voices === null ? join(demo, 'voice.wav') : join(voices, 'english-60s.flac');

await withTempFolder(async (folder) => {
  const { ffmpegPath } = await locateFfmpeg();
  const ffmpeg = (...args: string[]): void => {
    execFileSync(ffmpegPath, ['-v', 'error', '-y', ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  };
  const probe = await runCli(['probe', film, '--json'], { cwd: folder });
  const seconds = /"durationSeconds":\s*([\d.]+)/.exec(probe.stdout)?.[1] ?? '10';
  // Two different voices that last as long as the film.
  for (const [name, tempo] of [
    ['one', 1],
    ['two', 0.93],
  ] as const) {
    ffmpeg(
      '-stream_loop',
      '9',
      '-i',
      voice,
      '-af',
      `atempo=${tempo}`,
      '-t',
      seconds,
      join(folder, `${name}.wav`),
    );
  }

  const dub = async (label: string, picture: string, voiceName: string): Promise<Report> => {
    const reportPath = join(folder, 'report.json');
    rmSync(reportPath, { force: true });
    const args = ['dub', picture, join(folder, `${voiceName}.wav`), '-o', join(folder, 'out.mp4'), '--force'];
    const result = await runCli([...args, '--report', reportPath], {
      cwd: folder,
      environment: { DUBWRIGHT_CACHE: join(folder, 'cache') },
    });
    if (result.exitCode !== 0) throw new Error(result.stderr);
    const report = JSON.parse(readFileSync(reportPath, 'utf8')) as Report;
    const rate = (report.frameCount / report.totalMs) * 1000;
    const stages = Object.entries(report.stageMs)
      .map(([stage, ms]) => `${stage} ${(ms / 1000).toFixed(1)}`)
      .join(', ');
    console.log(
      `${label.padEnd(44)} ${rate.toFixed(1).padStart(6)} frames/s  ${(report.peakMemoryBytes / 1e6).toFixed(0).padStart(5)} MB` +
        `  ${report.renderedFrames} of ${report.frameCount} frames rendered  (s: ${stages})`,
    );
    return report;
  };

  console.log(`film: ${film}`);
  const first = await dub('first run, with analysis', film, 'one');
  await dub('another voice, analysis cached', film, 'two');
  await dub('the same again', film, 'two');
  if (options.long) {
    const long = join(folder, 'long.mp4');
    ffmpeg('-stream_loop', '9', '-i', film, '-c', 'copy', long);
    ffmpeg('-stream_loop', '9', '-i', join(folder, 'one.wav'), join(folder, 'long.wav'));
    const tenfold = await dub('ten times as long, with analysis', long, 'long');
    const added = (tenfold.peakMemoryBytes - first.peakMemoryBytes) / 1e6;
    console.log(`ten times the length adds ${added.toFixed(0)} MB of peak memory`);
  }
});

await import('./generator.ts');
await import('./sync.ts');

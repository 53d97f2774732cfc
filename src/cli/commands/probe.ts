import { resolve } from 'node:path';
import type { Command } from 'commander';
import { withSession } from '../session.ts';
import type { CommandSession } from '../session.ts';
import { durationText } from '../terminal/duration-text.ts';

/** `dubwright probe FILE`. */
export function addProbeCommand(program: Command): void {
  program
    .command('probe')
    .description('say what a film or sound file holds')
    .argument('<file>', 'any file that ffmpeg opens')
    .option('--json', 'print one line of JSON')
    .action((file: string, options: { readonly json?: true }) =>
      withSession((session) => probe(session, resolve(file), options.json === true)),
    );
}

async function probe(
  { console, studio, signal }: CommandSession,
  path: string,
  isJson: boolean,
): Promise<void> {
  const { info, grid, sha256 } = await studio.engine.call('probe', { path }, { signal });
  if (isJson) {
    // The ticks of a long film are megabytes that nobody asked for.
    const frames = grid && {
      frameCount: grid.frameCount,
      isVariableRate: grid.isVariableRate,
      timeBase: grid.timeBase,
    };
    console.printJson({ kind: 'probe', ...info, sha256, frames });
    return;
  }
  const { video, audio } = info;
  console.print(info.path);
  console.print(
    `  ${info.formatName}, ${durationText(info.durationSeconds * 1000)}, ${info.sizeBytes} bytes`,
  );
  if (video !== null && grid !== null) {
    const rate = (video.frameRate.num / video.frameRate.den).toFixed(3).replace(/\.?0+$/, '');
    const turned = video.rotationDegrees === 0 ? '' : `, turned ${video.rotationDegrees}°`;
    const variable = grid.isVariableRate ? ' (variable)' : '';
    console.print(
      `  picture ${video.streamIndex}: ${video.codec} ${video.width}×${video.height}${turned}, ` +
        `${video.pixelFormat}, ${rate} frames/s${variable}, ${grid.frameCount} frames`,
    );
  }
  for (const stream of audio) {
    const language = stream.language === '' || stream.language === 'und' ? '' : `, ${stream.language}`;
    console.print(
      `  sound ${stream.streamIndex}: ${stream.codec}, ${stream.sampleRateHz} Hz, ${stream.channelCount} channels${language}`,
    );
  }
  if (info.subtitleStreamCount > 0) console.print(`  ${info.subtitleStreamCount} subtitle streams`);
}

import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { SyncRequest } from '../../studio/sync-service.ts';
import { describeSync } from '../describe-sync.ts';
import { describeSyncNet } from '../describe-syncnet.ts';
import { secondsOf } from '../film-time.ts';
import { parseOrdinal } from '../parse/options.ts';
import { parseTimeOffset } from '../parse/time.ts';
import type { TimePoint } from '../parse/time.ts';
import { usageError } from '../parse/usage.ts';
import { withSession } from '../session.ts';
import type { CommandSession } from '../session.ts';

/** What commander makes of the options. */
interface SyncCommandOptions {
  readonly voice?: string;
  readonly voiceStart?: TimePoint;
  readonly face?: number;
  readonly plot?: string;
  readonly syncnetFace?: string;
  readonly syncnetSound?: string;
  readonly provider?: string;
  readonly json?: true;
}

const examples = `
Offsets are sound minus picture: positive when the sound comes late.

Examples:
  $ dubwright sync film.mp4
  $ dubwright sync film.mp4 --voice dub.wav --plot sync.png
  $ dubwright sync debate.mp4 --face 2 --json`;

/** `dubwright sync FILM`. */
export function addSyncCommand(program: Command): void {
  program
    .command('sync')
    .description('say how well lips and sound belong together, and by how much the sound is early or late')
    .argument('<film>', 'the film')
    .option('--voice <file>', "compare the lips with this sound instead of the film's own")
    .option('--voice-start <time>', 'when that sound begins in the film', parseTimeOffset)
    .option('--face <number>', 'only this face, numbered as "dubwright faces" does', parseOrdinal)
    .option('--plot <file>', 'draw distance, confidence and offset: .png or .svg')
    .option('--syncnet-face <file>', 'ask SyncNet too: its network for faces, as an ONNX file of your own')
    .option('--syncnet-sound <file>', 'its network for sound')
    .option('--provider <name>', 'execution provider, as "dubwright providers" names it')
    .option('--json', 'print progress and then every track, second by second, as lines of JSON')
    .addHelpText('after', examples)
    .action((film: string, options: SyncCommandOptions) => {
      if (options.voiceStart !== undefined && options.voice === undefined)
        throw usageError('--voice-start belongs to --voice');
      if ((options.syncnetFace === undefined) !== (options.syncnetSound === undefined))
        throw usageError('--syncnet-face and --syncnet-sound belong together');
      return withSession((session) => sync(session, resolve(film), options), options.provider ?? null);
    });
}

async function sync(session: CommandSession, film: string, options: SyncCommandOptions): Promise<void> {
  const { console, signal, studio } = session;
  const isJson = options.json === true;
  const plotPath = options.plot === undefined ? null : resolve(options.plot);
  // The rasteriser is for those who ask for a picture.
  const plot = plotPath === null ? null : await import('../../studio/sync-plot/write-plot.ts');
  if (plotPath !== null) await plot?.checkPlotPath(plotPath);
  const voiceStartMs =
    options.voiceStart === undefined ? 0 : 1000 * (await secondsOf(session, film, options.voiceStart));
  const { scoreSync } = await import('../../studio/sync-service.ts');
  const report = await scoreSync(
    {
      filmPath: film,
      voicePath: options.voice === undefined ? null : resolve(options.voice),
      voiceStartMs,
      personId: options.face ?? null,
      syncNet: syncNetOf(options),
    },
    {
      engine: studio.engine,
      cacheRoot: studio.cacheFolder,
      signal,
      onWarning: (text) => {
        if (isJson) console.printJson({ kind: 'warning', text });
        else console.note(`warning: ${text}`);
      },
      onProgress: (progress) => {
        if (isJson) console.printJson({ kind: 'progress', ...progress });
        else console.progress.update(progress);
      },
    },
  );
  if (plotPath !== null) await plot?.writeSyncPlot(plotPath, report);
  if (isJson) console.printJson({ kind: 'sync', ...report, plotPath });
  else {
    for (const line of [...describeSync(report), ...describeSyncNet(report)]) console.print(line);
    if (plotPath !== null) console.print(`Drawn: ${plotPath}`);
  }
}

function syncNetOf({ syncnetFace, syncnetSound }: SyncCommandOptions): SyncRequest['syncNet'] {
  if (syncnetFace === undefined || syncnetSound === undefined) return null;
  return { facePath: resolve(syncnetFace), soundPath: resolve(syncnetSound) };
}

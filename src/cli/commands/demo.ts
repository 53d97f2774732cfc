import { existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { DubwrightError } from '../../contract/errors.ts';
import { toFolderError } from '../folder-error.ts';
import { withSession } from '../session.ts';

const packageFolder = fileURLToPath(new URL('../../../', import.meta.url));
const demoFolder = join(packageFolder, 'resources', 'demo');

/** `dubwright demo`. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('dub the bundled speech and say where the film lies')
    .option('--out <folder>', 'where the film goes (default: ./dubwright-demo, in a checkout out/demo)')
    .option('--json', 'print events and the report as lines of JSON')
    .action(async (options: { readonly out?: string; readonly json?: true }) => {
      const folder = resolve(options.out ?? defaultFolder());
      try {
        mkdirSync(folder, { recursive: true });
      } catch (thrown) {
        throw toFolderError(thrown, folder);
      }
      await withSession(async (session) => {
        const request = {
          sourcePath: demoFile('speech'),
          voicePath: demoFile('voice'),
          outPath: join(folder, 'dubbed.mp4'),
          projectPath: join(folder, 'demo.dubwright'),
          engine: { id: 'unit-selection', modelPath: null } as const,
          overwrite: true,
        };
        // The project store and its SQLite are for this command alone.
        const { runDub } = await import('../run-dub.ts');
        await runDub(session, request, options.json === true);
      });
    });
}

/** A checkout keeps what it makes in its ignored folder. */
function defaultFolder(): string {
  return realpathSync('.') === realpathSync(packageFolder) ? join('out', 'demo') : 'dubwright-demo';
}

/** The demo's film or sound of a given name, whatever its format. */
function demoFile(stem: string): string {
  const isMedia = new RegExp(`^${stem}\\.(mp4|mov|mkv|wav|flac|mp3|m4a|ogg|opus)$`);
  const name = existsSync(demoFolder)
    ? readdirSync(demoFolder).find((file) => isMedia.test(file))
    : undefined;
  if (name === undefined) throw new DubwrightError('FILE_NOT_FOUND', { path: join(demoFolder, `${stem}.*`) });
  return join(demoFolder, name);
}

/**
 * Runs a dub on the desk in the folder named on the command line and stops for ever after a number of takes, so that
 * its parent can kill it there: `node dub-child.ts FOLDER TAKES [PROJECT]`.
 */
import { join } from 'node:path';
import { dub } from '../../src/studio/dub-service.ts';
import { PaperEngine } from './paper-engine.ts';

const [folder = '.', takes = '1', projectPath = null] = process.argv.slice(2);
const engine = new PaperEngine({
  frameCount: 600,
  afterTake: async (finished) => {
    if (finished < Number(takes)) return;
    process.stdout.write('stopped\n');
    await new Promise(() => setInterval(() => undefined, 1000));
  },
});
await dub(
  {
    sourcePath: join(folder, 'speech.film'),
    voicePath: join(folder, 'voice.f32'),
    outPath: join(folder, 'dubbed.mp4'),
    engine: { id: 'unit-selection', modelPath: null },
    projectPath,
  },
  { engine, cacheRoot: join(folder, 'cache') },
);

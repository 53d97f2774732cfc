/** Part of `npm run bench`: how fast lips and sound are compared once the faces are known, on one thread. */
import { join } from 'node:path';
import { DubwrightError } from '../../src/contract/errors.ts';
import { filmEndSeconds } from '../../src/core/time/frame-clock.ts';
import { hearSound } from '../../src/engine/sync/heard-sound.ts';
import { scoreFilm } from '../../src/engine/sync/score-film.ts';
import { createSyncExpert, type SyncExpert } from '../../src/engine/sync/sync-expert.ts';
import { sharedFolder } from '../support/shared-media.ts';
import { withTempFolder } from '../support/temp-folder.ts';
import { openClip } from './sync-clips.ts';

const signal = new AbortController().signal;
const clips = sharedFolder('clips');
const film =
  clips === null
    ? join(import.meta.dirname, '../../resources/demo/speech.mp4')
    : join(clips, 'anchor-71s-512-25fps.mp4');

const modelsFolder = process.env['DUBWRIGHT_SYNC_EXPERT'];
const expert = await createSyncExpert({
  threads: 1,
  ...(modelsFolder === undefined ? {} : { modelsFolder }),
}).catch((error: unknown): SyncExpert | null => {
  if (error instanceof DubwrightError && error.code === 'MODEL_NOT_FOUND') return null;
  throw error;
});
if (expert === null) console.log('skipped: no lip-sync expert here');
else
  await withTempFolder(async (folder) => {
    const clip = await openClip(film, 'film', folder);
    const { faces, pcm, source } = clip;
    const seconds = filmEndSeconds(source.table);
    for (let run = 0; run < 3; run++) {
      const startMs = performance.now();
      const before = process.cpuUsage();
      const sound = hearSound({ pcm, startSeconds: 0 }, signal);
      const scored = { faces, clock: source.table, frameRate: 25 };
      await scoreFilm(scored, { expert, sound, signal }, () => undefined);
      const elapsed = (performance.now() - startMs) / 1000;
      const { system, user } = process.cpuUsage(before);
      const busy = (user + system) / 1e6;
      console.log(
        `lips against sound, ${seconds.toFixed(0)} s of film in ${elapsed.toFixed(2)} s: ` +
          `${(seconds / elapsed).toFixed(0)} × real time on one thread (${(seconds / busy).toFixed(0)} × by processor time)`,
      );
    }
    pcm.close();
    faces.close();
    await expert.close();
  });

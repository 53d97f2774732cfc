import { parentPort, workerData } from 'node:worker_threads';
import { openFilm } from './render-speaker.ts';
import type { RenderedFrame, RenderShare } from './render-pool.ts';

const share = workerData as RenderShare;
const film = openFilm(share.plan);
let frame = share.first;
let ahead = renderNext();

/** One picture is always ready before it is asked for, so that all threads work at once. */
function renderNext(): RenderedFrame | null {
  if (frame >= film.frameCount) return null;
  const rendered = { frame, picture: Uint8Array.from(film.render(frame)) };
  frame += share.step;
  return rendered;
}

parentPort?.on('message', () => {
  if (!ahead) return;
  parentPort?.postMessage(ahead, [ahead.picture.buffer as ArrayBuffer]);
  ahead = renderNext();
});

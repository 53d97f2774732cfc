import { Worker } from 'node:worker_threads';
import type { FilmPlan } from './render-speaker.ts';

/** What a render thread is told: every `step`-th frame from `first` on. */
export interface RenderShare {
  readonly plan: FilmPlan;
  readonly first: number;
  readonly step: number;
}

/** What a render thread answers per frame; it waits for a message before it goes on, so pictures do not pile up. */
export interface RenderedFrame {
  readonly frame: number;
  readonly picture: Uint8Array;
}

/** Yields a film's pictures in order, rendered by `threads` workers. */
export async function* renderInThreads(plan: FilmPlan, threads: number): AsyncGenerator<Uint8Array> {
  const workers = Array.from({ length: threads }, (_, first) => {
    const share: RenderShare = { plan, first, step: threads };
    return new Worker(new URL('render-worker.ts', import.meta.url), { workerData: share });
  });
  try {
    for (let frame = 0; frame < plan.mouths.length; frame++) {
      const worker = workers[frame % threads];
      const rendered = await new Promise<RenderedFrame>((resolve, reject) => {
        worker.removeAllListeners();
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.postMessage('next');
      });
      if (rendered.frame !== frame) throw new Error(`frame ${rendered.frame} came instead of ${frame}`);
      yield rendered.picture;
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

import { toErrorRecord } from '../../../contract/errors.ts';
import { hashFile } from '../../media/file-hash.ts';
import { openSource } from '../../media/open-source.ts';
import { probeMedia } from '../../media/probe.ts';
import type { TaskContext } from '../protocol.ts';
import type { ProbeResult } from '../tasks.ts';

/** Streams, frame grid and hash of a file. A sound file has no grid; a film without a single frame is an error. */
export async function probe(
  { path }: { readonly path: string },
  { signal }: TaskContext,
): Promise<ProbeResult> {
  // Whichever fails first must stop the other: nobody waits for the hash of a broken file.
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const hash = hashFile(path, either);
  hash.catch(() => undefined); // told by the await below, or overtaken by a better error
  try {
    const film = await openFilmOrSound(path, either);
    return { ...film, sha256: await hash };
  } finally {
    stop.abort();
  }
}

async function openFilmOrSound(path: string, signal: AbortSignal): Promise<Omit<ProbeResult, 'sha256'>> {
  try {
    const { info, table } = await openSource(path, signal);
    const { frameCount, timeBase, isVariableRate, ticks } = table;
    return { info, grid: { frameCount, timeBase, isVariableRate, ticks: [...ticks] } };
  } catch (thrown) {
    if (toErrorRecord(thrown).code !== 'MEDIA_NO_VIDEO') throw thrown;
    return { info: await probeMedia(path, signal), grid: null };
  }
}

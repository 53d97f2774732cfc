import { join } from 'node:path';
import { ensureFacePack } from '../../face-pack/ensure-face-pack.ts';
import { analyseFaces } from '../../faces/analyse-faces.ts';
import { readFaceIndex } from '../../faces/face-store.ts';
import { hashFile } from '../../media/file-hash.ts';
import { openSource } from '../../media/open-source.ts';
import type { TaskContext } from '../protocol.ts';
import type { AnalyseResult, EngineTasks } from '../tasks.ts';
import { chosenProvider } from './chosen-provider.ts';

/** Finds every face of a film, or finds that this was done before: a film is known by its bytes. */
export async function analyse(
  { sourcePath, cacheFolder, sourceSha256 }: EngineTasks['analyse']['input'],
  { emit, signal }: TaskContext,
): Promise<AnalyseResult> {
  const startedMs = performance.now();
  const [sha256, pack] = await Promise.all([sourceSha256 ?? hashFile(sourcePath, signal), ensureFacePack()]);
  const facesFolder = join(cacheFolder, `faces-${sha256.slice(0, 24)}`);
  const known = readFaceIndex(facesFolder, pack.sha256);
  if (known !== null) {
    return { faces: known, facesFolder, fromCache: true, elapsedMs: performance.now() - startedMs };
  }
  let provider = await chosenProvider('faces', signal);
  const faces = await analyseFaces({
    source: await openSource(sourcePath, signal),
    folder: facesFolder,
    onProgress: (progress) => emit({ kind: 'progress', progress }),
    onFallback: (text) => {
      provider = 'cpu';
      emit({ kind: 'warning', text });
    },
    provider,
    signal,
  });
  return { faces, facesFolder, fromCache: false, elapsedMs: performance.now() - startedMs, provider };
}

import { decodePcmFile } from '../../audio/decode-pcm.ts';
import type { TaskContext } from '../protocol.ts';
import type { EngineTasks } from '../tasks.ts';

/** Decodes one sound stream of a file to samples on disk. */
export function decodeSound(
  input: EngineTasks['decodeSound']['input'],
  { signal }: TaskContext,
): Promise<EngineTasks['decodeSound']['output']> {
  return decodePcmFile({ ...input, signal });
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { DubwrightError } from '../../contract/errors.ts';

/**
 * SHA-256 of a file's bytes, lower-case hex, read as a stream.
 * @throws DubwrightError FILE_NOT_FOUND, FILE_NOT_READABLE, CANCELLED
 */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    const chunks = createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) });
    for await (const chunk of chunks as AsyncIterable<Buffer>) hash.update(chunk);
  } catch (error) {
    if (signal?.aborted === true) throw new DubwrightError('CANCELLED', {}, { cause: error });
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new DubwrightError(isMissing ? 'FILE_NOT_FOUND' : 'FILE_NOT_READABLE', { path }, { cause: error });
  }
  return hash.digest('hex');
}

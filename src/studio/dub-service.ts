import { resolve } from 'node:path';
import { DubwrightError, fromErrorRecord, toErrorRecord } from '../contract/errors.ts';
import { dubRequestSchema } from '../contract/dub.ts';
import type { DubEvent, DubReport, DubRequest, DubRequestInput } from '../contract/dub.ts';
import { writeTextFile } from '../engine/media/output-file.ts';
import { makeCacheRoot } from './cache-folder.ts';
import { runDubJob } from './dub/dub-job.ts';
import { JobLog } from './dub/job-log.ts';
import type { EnginePort } from './engine-port.ts';
import { MemoryWatch } from './memory-watch.ts';
import { openCacheIndex } from './store/cache-index.ts';

/** What a job is run with. */
export interface DubOptions {
  readonly engine: EnginePort;
  /** Hears of every step; must return quickly. */
  readonly onEvent?: (event: DubEvent) => void;
  /** Stops the job; takes finished by then are kept. */
  readonly signal?: AbortSignal;
  /** The user's cache folder unless given. */
  readonly cacheRoot?: string;
}

/**
 * Dubs a film: makes the lips of one person follow a voice and writes the finished film. What was found out and
 * rendered before, and has not changed since, is used again; when nothing changed at all, nothing is done.
 * @throws DubwrightError every code that a user can cause; CANCELLED when the signal aborts
 */
export async function dub(input: DubRequestInput, options: DubOptions): Promise<DubReport> {
  const request = readRequest(input);
  const signal = options.signal ?? new AbortController().signal;
  const memory = new MemoryWatch();
  const log = new JobLog(options.onEvent ?? (() => undefined), signal);
  try {
    const cacheRoot = options.cacheRoot ?? makeCacheRoot();
    const index = openCacheIndex(cacheRoot);
    try {
      const report = await runDubJob(request, {
        engine: options.engine,
        index,
        cacheRoot,
        log,
        memory,
        signal,
      });
      if (request.reportPath !== null) {
        await writeTextFile(resolve(request.reportPath), `${JSON.stringify(report, null, 2)}\n`);
      }
      return report;
    } finally {
      index.close();
    }
  } catch (thrown) {
    if (signal.aborted) throw new DubwrightError('CANCELLED', {}, { cause: thrown });
    throw thrown instanceof DubwrightError ? thrown : fromErrorRecord(toErrorRecord(thrown));
  } finally {
    memory.close();
  }
}

function readRequest(input: DubRequestInput): DubRequest {
  const parsed = dubRequestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problem = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new DubwrightError('USAGE', { problem });
}

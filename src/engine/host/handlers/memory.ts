import type { EngineTasks } from '../tasks.ts';

/** Peak and present resident memory of this process, in bytes. */
export function memory(): Promise<EngineTasks['memory']['output']> {
  return Promise.resolve({
    peakBytes: process.resourceUsage().maxRSS * 1024,
    presentBytes: process.memoryUsage.rss(),
  });
}

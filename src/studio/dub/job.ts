import type { DubRequest } from '../../contract/dub.ts';
import type { EngineTasks } from '../../engine/host/tasks.ts';
import type { EnginePort } from '../engine-port.ts';
import type { MemoryWatch } from '../memory-watch.ts';
import type { CacheIndex } from '../store/cache-index.ts';
import type { JobLog } from './job-log.ts';
import type { MediaInputs } from './media-inputs.ts';
import type { Workspace } from './workspace.ts';

/** What a job is given besides its request. */
export interface JobTools {
  readonly engine: EnginePort;
  readonly index: CacheIndex;
  readonly cacheRoot: string;
  readonly log: JobLog;
  readonly memory: MemoryWatch;
  readonly signal: AbortSignal;
}

/** What the engine says of itself. */
export type EngineFacts = EngineTasks['describeEngine']['output'];

/** A job whose inputs are known to be good. */
export interface Job {
  readonly request: DubRequest;
  readonly tools: JobTools;
  readonly inputs: MediaInputs;
  readonly engineFacts: EngineFacts;
  readonly workspace: Workspace;
}

import type { EngineHost } from '../engine/host/protocol.ts';

/** The engine as the studio sees it: a process of its own in the product, anything with the same tasks in a test. */
export type EnginePort = Pick<EngineHost, 'call'>;

import { foldersWrittenBy, removeLeftoversOf, removeStaleLeftovers } from './leftovers.ts';
import { killGroup } from './process-group.ts';
import { protocolVersion } from './protocol.ts';
import type { FromEngine, TaskHandlers, ToEngine } from './protocol.ts';
import { serve } from './serve.ts';

/** Set by `EngineClient` where the engine process leads a process group of its own. */
export const leadsGroupVariable = 'DUBWRIGHT_ENGINE_LEADS_GROUP';

/**
 * Turns this process into the engine process: answers calls from its parent until the parent asks it to end or
 * disappears, and then takes the ffmpeg children in its group with it.
 */
export function runEngineProcess(handlers: TaskHandlers): void {
  if (process.send === undefined) {
    process.stderr.write('The engine process is started by dubwright, not by hand.\n');
    process.exit(64);
  }
  const answer = serve(handlers, send);
  const foldersWritten = new Set<string>();
  const end = (): void => endEverything(foldersWritten);
  process.on('message', (message: ToEngine) => {
    if (message.kind === 'shutdown') {
      end();
      return;
    }
    if (message.kind === 'call') {
      const folders = foldersWrittenBy(message.task, message.input);
      removeStaleLeftovers(folders, Date.now());
      for (const folder of folders) foldersWritten.add(folder);
    }
    void answer(message);
  });
  process.on('disconnect', end);
  process.on('SIGTERM', end);
  // Ctrl-C belongs to the shell, which cancels the running calls.
  process.on('SIGINT', () => undefined);
  send({ kind: 'ready', protocolVersion });
}

function send(message: FromEngine): void {
  // A closed channel ends the process anyway; there is nobody left to tell.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Nothing that the engine started may outlive it, and nothing half written stay behind. */
function endEverything(foldersWritten: Iterable<string>): void {
  removeLeftoversOf(process.pid, foldersWritten);
  if (process.env[leadsGroupVariable] === '1') killGroup(process.pid);
  process.exit(0);
}

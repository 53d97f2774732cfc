import { errorText } from '../contract/error-text.ts';
import { exitCodes } from '../contract/exit-codes.ts';
import { openStudio } from '../studio/compose.ts';
import type { Studio } from '../studio/compose.ts';
import { interruptible } from './interrupt.ts';
import { processConsole } from './terminal/console.ts';
import type { CommandConsole } from './terminal/console.ts';

/** What a command works with. */
export interface CommandSession {
  readonly console: CommandConsole;
  readonly studio: Studio;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
}

/** True when a developer wants stacks and the engine's own stderr. */
export function isDebug(): boolean {
  return process.env['DUBWRIGHT_DEBUG'] === '1';
}

/** Runs a command's work with a studio that is closed afterwards, whatever happens. */
export async function withSession(
  work: (session: CommandSession) => Promise<void>,
  provider: string | null = null,
): Promise<void> {
  const console = processConsole();
  const onForcedExit = (): void => {
    const { sentence, remedy } = errorText('CANCELLED', {});
    console.note(`dubwright: ${sentence} Remedy: ${remedy}`);
  };
  await interruptible({ exitCode: exitCodes.CANCELLED, onForcedExit }, async (signal) => {
    const studio = openStudio({ isDebug: isDebug(), provider });
    try {
      await work({ console, studio, signal });
    } finally {
      console.progress.clear();
      await studio.close();
    }
  });
}

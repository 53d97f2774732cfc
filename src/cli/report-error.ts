import { errorText } from '../contract/error-text.ts';
import { toErrorRecord } from '../contract/errors.ts';
import { exitCodes } from '../contract/exit-codes.ts';

/** Where an error is told. */
export interface ErrorOutput {
  readonly writeStderr: (text: string) => void;
  /** The machine's line on stdout; null unless `--json` was given. */
  readonly printJson: ((value: unknown) => void) | null;
  /** Also print the stack (DUBWRIGHT_DEBUG=1). */
  readonly isDebug: boolean;
}

/**
 * Tells a person what went wrong in one sentence and one remedy.
 * @returns the exit code that belongs to the error.
 */
export function reportError(thrown: unknown, output: ErrorOutput): number {
  const { code, details, stack } = toErrorRecord(thrown);
  const { sentence, remedy } = errorText(code, details);
  const exitCode = exitCodes[code];
  output.printJson?.({ kind: 'error', code, sentence, remedy, details, exitCode });
  output.writeStderr(`dubwright: ${sentence} Remedy: ${remedy}\n`);
  if (output.isDebug) {
    const cause =
      thrown instanceof Error && thrown.cause !== undefined ? `\ncaused by ${describe(thrown.cause)}` : '';
    output.writeStderr(`${code} ${JSON.stringify(details)}\n${stack ?? ''}${cause}\n`);
  }
  return exitCode;
}

function describe(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

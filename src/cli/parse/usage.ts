import { DubwrightError } from '../../contract/errors.ts';

/** The error for a command line that cannot be understood; `problem` is a sentence without its full stop. */
export function usageError(problem: string): DubwrightError {
  return new DubwrightError('USAGE', { problem });
}

import { errorText } from './error-text.ts';
import { errorCodes } from './errors.ts';
import { exitCodes } from './exit-codes.ts';

/** The text of docs/errors.md: every code with what the shell returns and what a person reads. */
export function errorsPage(): string {
  const rows = errorCodes.map((code) => {
    const { sentence, remedy } = errorText(code, {});
    return `| \`${code}\` | ${exitCodes[code]} | ${cell(sentence)} | ${cell(remedy)} |`;
  });
  return [
    '# Errors and exit codes',
    '',
    'What can go wrong, what `dubwright` says about it, and the exit code it returns. The sentence names the file and',
    'the reason where they are known. Codes and exit codes keep their meaning for ever; with `--json` the last line on',
    'stdout carries the code. Exit code 0 is success, also where there is only a note (no face in the film).',
    '',
    '| Code | Exit code | Sentence | Remedy |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** Angle brackets and bars would end the cell or begin a tag. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

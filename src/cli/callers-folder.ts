import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Names on the command line are relative to where the person stands. `npm run dubwright -- …` moves to the package
 * first and says where it came from in INIT_CWD; a shell started below npm carries a stale INIT_CWD, so the variable
 * counts only while we stand where npm put us.
 */
export function enterCallersFolder(): void {
  const { INIT_CWD: callersFolder, npm_lifecycle_event: npmScript } = process.env;
  if (callersFolder === undefined || (npmScript !== 'dubwright' && npmScript !== 'demo')) return;
  if (realpathSync(process.cwd()) !== realpathSync(packageFolder)) return;
  process.chdir(callersFolder);
}

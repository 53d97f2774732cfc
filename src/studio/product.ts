import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Version of this product, as its package says. */
export const productVersion: string = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).version;

/** How the product signs what it writes: "Dubwright 0.1.0". */
export const productSignature = `Dubwright ${productVersion}`;

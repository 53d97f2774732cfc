import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** `models` of this installation, where the trained networks and their card `bundled.json` lie. */
export const bundledModelsFolder: string = fileURLToPath(new URL('../../../models', import.meta.url));

/** Name of the card in a models folder. */
export const bundledCardFile = 'bundled.json';

const cardSchema = z.object({
  file: z.string(),
  sha256: z.string(),
  biasMs: z.number().optional(),
  lagBiasMs: z.number().optional(),
});

/** What the program needs of one network's card; the rest of it is for people. */
export type BundledCard = z.infer<typeof cardSchema>;

/**
 * Every network's card in the text of a `bundled.json`, whatever they are filed under.
 * @throws SyntaxError when it is not JSON
 */
export function bundledCardsIn(text: string): BundledCard[] {
  const found: BundledCard[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const card = cardSchema.safeParse(value);
    if (card.success) found.push(card.data);
    else for (const part of Object.values(value)) visit(part);
  };
  visit(JSON.parse(text));
  return found;
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { DubwrightError } from '../../contract/errors.ts';

/** `models` of this installation, where the trained networks and their card lie. */
export const bundledModelsFolder: string = fileURLToPath(new URL('../../../models', import.meta.url));

/** Environment variable that names another folder than the bundled one. */
export const expertFolderVariable = 'DUBWRIGHT_SYNC_EXPERT';

const modelCard = z.object({ file: z.string(), sha256: z.string(), biasMs: z.number().optional() });

/** Where the expert's two networks lie and what their card says of them. */
export interface ExpertFiles {
  readonly soundPath: string;
  readonly lipsPath: string;
  /** Subtracted from every measured offset, milliseconds. */
  readonly biasMs: number;
  /** Both files' SHA-256: part of the key of whatever is computed with them. */
  readonly fingerprint: string;
}

/**
 * Reads the card `bundled.json` of a models folder: an object whose values (directly, or under `models`) are cards of
 * one file each.
 * @throws DubwrightError MODEL_NOT_FOUND without a card, MODEL_UNREADABLE for one that does not name both networks
 */
export async function readExpertFiles(folder: string = bundledModelsFolder): Promise<ExpertFiles> {
  const path = join(folder, 'bundled.json');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new DubwrightError('MODEL_NOT_FOUND', { path, model: 'sync-expert' }, { cause: error });
  });
  const cards = cardsIn(text, path);
  const sound = cards.find((card) => card.file === 'sync-sound.onnx');
  const lips = cards.find((card) => card.file === 'sync-lips.onnx');
  if (sound === undefined || lips === undefined)
    throw new DubwrightError('MODEL_UNREADABLE', {
      path,
      model: 'sync-expert',
      reason: 'it does not name the lip-sync expert',
    });
  return {
    soundPath: join(folder, sound.file),
    lipsPath: join(folder, lips.file),
    biasMs: sound.biasMs ?? lips.biasMs ?? 0,
    fingerprint: `${sound.sha256.slice(0, 16)}-${lips.sha256.slice(0, 16)}`,
  };
}

/** Every card in the file, whatever they are filed under. */
function cardsIn(text: string, path: string): z.infer<typeof modelCard>[] {
  const found: z.infer<typeof modelCard>[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const card = modelCard.safeParse(value);
    if (card.success) found.push(card.data);
    else for (const part of Object.values(value)) visit(part);
  };
  try {
    visit(JSON.parse(text));
  } catch (error) {
    throw new DubwrightError(
      'MODEL_UNREADABLE',
      { path, model: 'sync-expert', reason: 'it is not JSON' },
      { cause: error },
    );
  }
  return found;
}

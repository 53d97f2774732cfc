import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DubwrightError } from '../../contract/errors.ts';
import {
  bundledCardFile,
  bundledCardsIn,
  bundledModelsFolder,
  type BundledCard,
} from '../models/bundled-cards.ts';

/** Environment variable that names another folder than the bundled one. */
export const expertFolderVariable = 'DUBWRIGHT_SYNC_EXPERT';

/** Folder of the expert in use: the bundled one, or another that the environment names. */
export function expertFolder(): string {
  const named = process.env[expertFolderVariable] ?? '';
  return named === '' ? bundledModelsFolder : named;
}

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
 * Reads what the card of a models folder says of the expert.
 * @throws DubwrightError MODEL_NOT_FOUND without a card, MODEL_UNREADABLE for one that does not name both networks
 */
export async function readExpertFiles(folder: string = bundledModelsFolder): Promise<ExpertFiles> {
  const path = join(folder, bundledCardFile);
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

function cardsIn(text: string, path: string): BundledCard[] {
  try {
    return bundledCardsIn(text);
  } catch (error) {
    throw new DubwrightError(
      'MODEL_UNREADABLE',
      { path, model: 'sync-expert', reason: 'it is not JSON' },
      { cause: error },
    );
  }
}

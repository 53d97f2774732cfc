import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledCardFile, bundledCardsIn, bundledModelsFolder } from '../../models/bundled-cards.ts';

const fileName = 'lips-from-sound.onnx';

/** The network that hears lips, as this installation has it. */
export interface LipModelFile {
  readonly path: string;
  /** Of the file itself: part of the key of whatever is computed with it. */
  readonly sha256: string;
  /** What the network says of a film in perfect sync: subtracted from every lag that is measured by it. */
  readonly lagBiasMs: number;
}

/** Looks the network up in a models folder; null when it is not there or cannot be read. */
export function findLipModel(folder: string = bundledModelsFolder): LipModelFile | null {
  const path = join(folder, fileName);
  try {
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
    return { path, sha256, lagBiasMs: lagBiasIn(join(folder, bundledCardFile)) };
  } catch {
    return null;
  }
}

/** A network without a card is taken as it is. */
function lagBiasIn(cardPath: string): number {
  try {
    const cards = bundledCardsIn(readFileSync(cardPath, 'utf8'));
    return cards.find(({ file }) => file === fileName)?.lagBiasMs ?? 0;
  } catch {
    return 0;
  }
}

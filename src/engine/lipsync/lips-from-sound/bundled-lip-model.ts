import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** `models` of this installation, where the trained networks and their card `bundled.json` lie. */
const bundledModelsFolder: string = fileURLToPath(new URL('../../../../models', import.meta.url));
const fileName = 'lips-from-sound.onnx';

const modelCard = z.object({ file: z.literal(fileName), lagBiasMs: z.number().optional() });

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
    return { path, sha256, lagBiasMs: lagBiasIn(join(folder, 'bundled.json')) };
  } catch {
    return null;
  }
}

/** The network's card may be filed under any name, at any depth of the file. */
function lagBiasIn(cardPath: string): number {
  const visit = (value: unknown): number | null => {
    if (typeof value !== 'object' || value === null) return null;
    const card = modelCard.safeParse(value);
    if (card.success) return card.data.lagBiasMs ?? 0;
    for (const part of Object.values(value)) {
      const found = visit(part);
      if (found !== null) return found;
    }
    return null;
  };
  try {
    return visit(JSON.parse(readFileSync(cardPath, 'utf8'))) ?? 0;
  } catch {
    return 0;
  }
}

import type { LipModelFile } from './bundled-lip-model.ts';
import { LipNetwork } from './lip-network.ts';

const opened = new Map<string, Promise<LipNetwork>>();

/**
 * The network of a file, opened once per process (10 MB; it stays open). A failure is not remembered.
 * @throws DubwrightError MODEL_NOT_FOUND, MODEL_UNREADABLE, MODEL_WRONG_SHAPE
 */
export function sharedLipNetwork({ path, sha256 }: LipModelFile): Promise<LipNetwork> {
  const present = opened.get(sha256);
  if (present) return present;
  const opening = LipNetwork.open({ path });
  opened.set(sha256, opening);
  opening.catch(() => opened.delete(sha256));
  return opening;
}

import { createHash } from 'node:crypto';
import type { LipEngine, LipScene, OnProgress } from '../types.ts';
import { defaultLibraryLimits, type LibraryLimits } from './library-frames.ts';
import { prepareSpeaker } from './prepare-speaker.ts';
import { UnitSelectionRenderer } from './renderer.ts';

/** Raised whenever the same inputs may give other pixels. */
const engineVersion = 4;

/** What may be set about unit selection. */
export interface UnitSelectionOptions {
  /** Which frames may lend their mouths; the whole film by default. */
  readonly library?: LibraryLimits;
}

/** Unit selection's own engine type: its renderers can also explain what they would do. */
export interface UnitSelectionEngine extends LipEngine {
  readonly prepare: (...request: Parameters<LipEngine['prepare']>) => Promise<UnitSelectionRenderer>;
}

/**
 * The default engine: the speaker's own mouths, chosen to follow the new voice and laid into the film (Bregler,
 * Covell and Slaney 1997, "Video Rewrite"; Suwajanakorn et al. 2017, "Synthesizing Obama"). Needs no model.
 */
export function createUnitSelectionEngine(options: UnitSelectionOptions = {}): UnitSelectionEngine {
  const limits = options.library ?? defaultLibraryLimits;
  const fingerprint = createHash('sha256')
    .update(JSON.stringify({ engine: 'unit-selection', engineVersion, limits }))
    .digest('hex')
    .slice(0, 16);
  return {
    id: 'unit-selection',
    fingerprint: `unit-selection-${engineVersion}-${fingerprint}`,
    prepare: async (
      scene: LipScene,
      request: { readonly personId: number; readonly onProgress: OnProgress; readonly signal: AbortSignal },
    ): Promise<UnitSelectionRenderer> =>
      new UnitSelectionRenderer(scene, await prepareSpeaker(scene, limits, request)),
  };
}

import { createHash } from 'node:crypto';
import { findLipModel, type LipModelFile } from '../lips-from-sound/bundled-lip-model.ts';
import type { LipEngine, LipScene, OnProgress } from '../types.ts';
import { defaultLibraryLimits, type LibraryLimits } from './library-frames.ts';
import { prepareSpeaker } from './prepare-speaker.ts';
import { UnitSelectionRenderer } from './renderer.ts';

/** Raised whenever the same inputs may give other pixels. */
const engineVersion = 10;

const missingNote =
  'models/lips-from-sound.onnx is missing, so mouths are chosen by comparing spectra and follow the voice less closely';

/** What may be set about unit selection. */
export interface UnitSelectionOptions {
  /** Which frames may lend their mouths; the whole film by default. */
  readonly library?: LibraryLimits;
  /** How lips are told from sound: by the bundled network (the default where it is there) or by comparing spectra. */
  readonly predictor?: 'learned' | 'spectral';
  /** The network to use; the bundled one by default. */
  readonly lipModel?: LipModelFile | null;
}

/** Unit selection's own engine type: its renderers can also explain what they would do. */
export interface UnitSelectionEngine extends LipEngine {
  readonly prepare: (...request: Parameters<LipEngine['prepare']>) => Promise<UnitSelectionRenderer>;
}

/**
 * The default engine: the speaker's own mouths, chosen to follow the new voice and laid into the film (Bregler,
 * Covell and Slaney 1997, "Video Rewrite"; Suwajanakorn et al. 2017, "Synthesizing Obama"). Needs no model
 * of the user's.
 */
export function createUnitSelectionEngine(options: UnitSelectionOptions = {}): UnitSelectionEngine {
  const limits = options.library ?? defaultLibraryLimits;
  const found = options.lipModel === undefined ? findLipModel() : options.lipModel;
  const lipModel = options.predictor === 'spectral' ? null : found;
  const lips = lipModel === null ? 'spectral' : [lipModel.sha256, lipModel.lagBiasMs];
  const fingerprint = createHash('sha256')
    .update(JSON.stringify({ engine: 'unit-selection', engineVersion, limits, lips }))
    .digest('hex')
    .slice(0, 16);
  const isMissing = lipModel === null && options.predictor !== 'spectral';
  return {
    id: 'unit-selection',
    fingerprint: `unit-selection-${engineVersion}-${fingerprint}`,
    prepare: async (
      scene: LipScene,
      request: { readonly personId: number; readonly onProgress: OnProgress; readonly signal: AbortSignal },
    ): Promise<UnitSelectionRenderer> => {
      const speaker = await prepareSpeaker(scene, limits, { ...request, lipModel });
      const notes = isMissing && !speaker.isStill ? [missingNote, ...speaker.notes] : speaker.notes;
      return new UnitSelectionRenderer(scene, { ...speaker, notes });
    },
  };
}

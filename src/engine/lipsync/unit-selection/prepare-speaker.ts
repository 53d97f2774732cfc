import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DubwrightError } from '../../../contract/errors.ts';
import { openFrameReader } from '../../media/frame-reader.ts';
import type { PresentationTable } from '../../media/types.ts';
import type { LipModelFile } from '../lips-from-sound/bundled-lip-model.ts';
import type { LipScene, OnProgress } from '../types.ts';
import { chooseLibraryFrames, type LibraryLimits } from './library-frames.ts';
import { learnSpeaker } from './lessons.ts';
import type { LipPredictor } from './lip-predictor.ts';
import { restShape } from './lip-targets.ts';
import { libraryKey, MouthLibraryWriter, openMouthLibrary, type MouthLibrary } from './mouth-library.ts';
import { buildPersonTable, readSmoothMesh, type PersonTable } from './person-table.ts';
import { shapeStatistics } from './spectral-predictor.ts';

/** Everything known about the chosen speaker before the first segment is rendered. */
export interface Speaker {
  readonly table: PersonTable;
  readonly library: MouthLibrary;
  /** Film frame of each library mouth. */
  readonly libraryFrames: readonly number[];
  /** Lip shapes of the library, `shapeSize` each, in standard deviations. */
  readonly libraryShapes: Float32Array;
  readonly scale: { readonly mean: Float32Array; readonly deviation: Float32Array };
  readonly rest: Float32Array;
  readonly predictor: LipPredictor;
  /** The mouth never moves in this film (a drawing, a listener): there is nothing to borrow. */
  readonly isStill: boolean;
  readonly notes: readonly string[];
}

/**
 * Openings that spread less than this (standard deviation, eye-corner distances) are landmark noise, not speech:
 * a drawn face measures 0.0013, a silent listener 0.0035, the stillest newsreader seen 0.013.
 */
const stillDeviation = 0.0025;
const stillNote =
  'this face never moves its mouth in the film, so there is no mouth to borrow; the picture is left as it is';

/** Middle of each frame's showing, seconds from the film's start. */
export function frameMiddles(table: PresentationTable): Float64Array {
  const secondsPerTick = table.timeBase.num / table.timeBase.den;
  return Float64Array.from(
    { length: table.frameCount },
    (_, i) => ((table.ticks[i] + table.ticks[i + 1]) / 2) * secondsPerTick,
  );
}

interface Request {
  readonly personId: number;
  /** The network that hears lips; null for spectral matching. */
  readonly lipModel: LipModelFile | null;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/**
 * Gathers the speaker's mouths and learns how this speaker's lips follow sound; both are kept in the scene's cache.
 * @throws DubwrightError FACE_LIBRARY_EMPTY when the person's mouth is nowhere well seen.
 */
export async function prepareSpeaker(
  scene: LipScene,
  limits: LibraryLimits,
  request: Request,
): Promise<Speaker> {
  const table = buildPersonTable(scene.faces, request.personId, request.signal);
  if (!table) throw new DubwrightError('FACE_LIBRARY_EMPTY', { person: request.personId });
  const wanted = chooseLibraryFrames(table, mouthBytes(scene, table), limits);
  const key = libraryKey({
    personId: request.personId,
    limits,
    faces: scene.faces.index.tracks,
    wanted: wanted.length,
  });
  const folder = join(scene.cacheFolder, `mouths-${key}`);
  mkdirSync(scene.cacheFolder, { recursive: true });
  const library =
    openMouthLibrary(folder, key) ?? (await buildLibrary(scene, table, { wanted, folder, key, request }));
  if (!library) throw new DubwrightError('FACE_LIBRARY_EMPTY', { person: request.personId });

  const libraryFrames = library.frames;
  const scale = shapeStatistics(table, libraryFrames);
  const isStill = scale.deviation[0] < stillDeviation;
  const { predictor, notes } = await learnSpeaker({
    scene,
    table,
    teaching: { frames: libraryFrames, seconds: frameMiddles(scene.source.table) },
    model: request.lipModel,
    folder,
    signal: request.signal,
  });
  return {
    table,
    library,
    libraryFrames,
    libraryShapes: standardised(table, libraryFrames, scale),
    scale,
    rest: restShape(table, libraryFrames, scale),
    predictor,
    isStill,
    notes: isStill ? [stillNote] : notes,
  };
}

/** Estimate of a mouth's bytes on disk, from the face's size. */
function mouthBytes(scene: LipScene, table: PersonTable): number {
  const seen = table.units.filter((unit) => unit > 0).sort();
  const unit = seen.length > 0 ? seen[Math.floor(seen.length / 2)] : 0;
  return 1.2 * unit * 1.2 * unit * 1.5 * (scene.source.video.planarFormat.bitDepth > 8 ? 2 : 1);
}

async function buildLibrary(
  scene: LipScene,
  table: PersonTable,
  place: {
    readonly wanted: readonly number[];
    readonly folder: string;
    readonly key: string;
    readonly request: Request;
  },
): Promise<MouthLibrary | null> {
  const { wanted, request } = place;
  if (wanted.length === 0) return null;
  const startFrame = wanted[0];
  const endFrame = wanted[wanted.length - 1] + 1;
  const isWanted = new Uint8Array(scene.source.table.frameCount);
  for (const frame of wanted) isWanted[frame] = 1;
  const reader = await openFrameReader({
    source: scene.source,
    startFrame,
    endFrame,
    signal: request.signal,
  });
  const writer = new MouthLibraryWriter(place.folder, place.key);
  try {
    for await (const frame of reader) {
      if (isWanted[frame.index] === 1) {
        const mesh = readSmoothMesh(scene.faces, table, frame.index);
        if (mesh) writer.add(frame, mesh);
      }
      request.onProgress({
        stage: 'library',
        doneFrames: frame.index + 1 - startFrame,
        totalFrames: endFrame - startFrame,
      });
    }
  } catch (error) {
    writer.abort();
    throw error;
  } finally {
    await reader.close();
  }
  return writer.finish();
}

function standardised(table: PersonTable, frames: readonly number[], scale: Speaker['scale']): Float32Array {
  const size = scale.mean.length;
  const shapes = new Float32Array(frames.length * size);
  frames.forEach((frame, i) => {
    for (let k = 0; k < size; k++)
      shapes[i * size + k] = (table.shapes[frame * size + k] - scale.mean[k]) / scale.deviation[k];
  });
  return shapes;
}

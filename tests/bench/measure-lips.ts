import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { correlation } from '../../src/engine/lipsync/correlation.ts';
import type { LipModelFile } from '../../src/engine/lipsync/lips-from-sound/bundled-lip-model.ts';
import { sharedLipNetwork } from '../../src/engine/lipsync/lips-from-sound/shared-lip-network.ts';
import { createUnitSelectionEngine } from '../../src/engine/lipsync/unit-selection/engine.ts';
import type { Listener } from '../../src/engine/lipsync/unit-selection/learned-predictor.ts';
import { shapeIndex } from '../../src/engine/lipsync/unit-selection/lip-predictor.ts';
import {
  buildPersonTable,
  shapeSize,
  type PersonTable,
} from '../../src/engine/lipsync/unit-selection/person-table.ts';
import type { LipScene } from '../../src/engine/lipsync/types.ts';
import { slicePcm } from '../../src/engine/audio/pcm-file.ts';
import { renderLook } from './look-render.ts';
import { facesOf, sceneOf } from './look-scene.ts';
import {
  measurePrediction,
  soundInSync,
  type Agreement,
  type PredictionScore,
} from './measure-prediction.ts';

/** What came out when a film's last part was dubbed with its own sound and the mouths of its first part. */
export interface EndToEndScore {
  /** Measured in the finished picture against the film as it was shot. */
  readonly achieved: Agreement;
  /** r of the opening that the voice asked for. */
  readonly wanted: number;
  /** Laplacian variance in the mouth region, result over source. */
  readonly sharpness: number;
}

/** One clip's figures; null where there is no network, or nothing to render was asked for. */
export interface ClipScore {
  readonly name: string;
  readonly seconds: number;
  readonly prediction: PredictionScore | null;
  readonly learned: EndToEndScore | null;
  readonly spectral: EndToEndScore | null;
}

const lendingShare = 0.6;
const never = new AbortController().signal;

/** Opens a network. */
export async function openListener(model: LipModelFile): Promise<Listener> {
  return { network: await sharedLipNetwork(model), lagBiasMs: model.lagBiasMs };
}

/** Measures one clip; what is worked out on the way stays in the bench folder. */
export async function measureClip(
  path: string,
  benchFolder: string,
  { model, renders }: { readonly model: LipModelFile | null; readonly renders: boolean },
): Promise<ClipScore> {
  const name = basename(path);
  const folder = join(benchFolder, name);
  const scene = await sceneOf(path, folder, never);
  if (!scene.originalSound) throw new Error('no sound');
  const personId = scene.faces.index.people.at(0)?.personId;
  const table = personId === undefined ? null : buildPersonTable(scene.faces, personId, never);
  if (!table) throw new Error('no face');
  const prediction = model && (await measurePrediction(await openListener(model), scene, table));
  const lagMs = prediction?.lagMs ?? 0;
  const dub = (predictor: 'learned' | 'spectral'): Promise<EndToEndScore> =>
    measureDub({ scene, table, folder, lagMs, predictor, model });
  const { ticks, timeBase, frameCount } = scene.source.table;
  return {
    name,
    seconds: (ticks[frameCount] * timeBase.num) / timeBase.den,
    prediction,
    learned: renders && model ? await dub('learned') : null,
    spectral: renders ? await dub('spectral') : null,
  };
}

async function measureDub(request: {
  readonly scene: LipScene;
  readonly table: PersonTable;
  readonly folder: string;
  readonly lagMs: number;
  readonly predictor: 'learned' | 'spectral';
  readonly model: LipModelFile | null;
}): Promise<EndToEndScore> {
  const { scene, table, folder, predictor } = request;
  if (!scene.originalSound) throw new Error('no sound');
  const { frameCount, ticks, timeBase } = scene.source.table;
  const startFrame = Math.floor(lendingShare * frameCount);
  const sampleAt = (frame: number): number =>
    Math.round((ticks[frame] * timeBase.num * 16_000) / timeBase.den);
  const voice = slicePcm(
    soundInSync(scene.originalSound, request.lagMs),
    sampleAt(startFrame),
    sampleAt(frameCount) - sampleAt(startFrame),
  );
  const { personId } = table;
  const segment = { startFrame, endFrame: frameCount, personId, voice };
  const library = { maxMouths: 6000, maxBytes: 1.5e9, range: [0, startFrame] as const };
  const outPath = join(folder, `${predictor}.mkv`);
  const facesFolder = join(folder, `${predictor}-faces`);
  rmSync(facesFolder, { recursive: true, force: true });
  const look = await renderLook({
    scene,
    engine: createUnitSelectionEngine({ library, predictor, lipModel: request.model }),
    segment,
    outPath,
    signal: never,
    onFrame: () => undefined,
  });
  const faces = await facesOf(outPath, facesFolder, never);
  const result = buildPersonTable(faces, faces.index.people.at(0)?.personId ?? 1, never);
  faces.close();
  if (!result) throw new Error('the face was lost in the result');
  const truth = (k: number): Float32Array => column(table, [startFrame, frameCount], k);
  const achieved = (k: number): number =>
    correlation(column(result, [0, frameCount - startFrame], k), truth(k));
  return {
    achieved: { opening: achieved(shapeIndex('opening')), width: achieved(shapeIndex('width')) },
    wanted: correlation(look.wanted, truth(shapeIndex('opening'))),
    sharpness: look.result.sharpness / look.source.sharpness,
  };
}

function column(table: PersonTable, range: readonly [number, number], k: number): Float32Array {
  return Float32Array.from(
    { length: range[1] - range[0] },
    (_, i) => table.shapes[(range[0] + i) * shapeSize + k],
  );
}

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { correlation } from '../../src/engine/lipsync/correlation.ts';
import type { LipModelFile } from '../../src/engine/lipsync/lips-from-sound/bundled-lip-model.ts';
import { createUnitSelectionEngine } from '../../src/engine/lipsync/unit-selection/engine.ts';
import { buildPersonTable, shapeSize } from '../../src/engine/lipsync/unit-selection/person-table.ts';
import { renderLook } from './look-render.ts';
import { facesOf, sceneOf, soundOf } from './look-scene.ts';

const never = new AbortController().signal;

/** Dubs the rendered Dutch speech with the English voice and prints r of the lips with that voice's known mouth. */
export async function measureDemo(
  demo: string,
  folder: string,
  lipModel: LipModelFile | null,
): Promise<void> {
  const scene = await sceneOf(join(demo, 'speech.mp4'), folder, never);
  const voice = await soundOf(join(demo, 'voice.wav'), folder, never);
  const { openingCm } = JSON.parse(readFileSync(join(demo, 'truth-voice.json'), 'utf8')) as {
    readonly openingCm: readonly number[];
  };
  const endFrame = scene.source.table.frameCount;
  for (const predictor of ['learned', 'spectral'] as const) {
    const outPath = join(folder, `${predictor}.mkv`);
    const facesFolder = join(folder, `${predictor}-faces`);
    rmSync(facesFolder, { recursive: true, force: true });
    const look = await renderLook({
      scene,
      engine: createUnitSelectionEngine({ predictor, lipModel }),
      segment: { startFrame: 0, endFrame, personId: 1, voice },
      outPath,
      signal: never,
      onFrame: () => undefined,
    });
    const faces = await facesOf(outPath, facesFolder, never);
    const result = buildPersonTable(faces, 1, never);
    faces.close();
    if (!result) throw new Error('the face was lost in the result');
    const opening = Float32Array.from({ length: endFrame }, (_, i) => result.shapes[i * shapeSize]);
    const truth = Float32Array.from(openingCm);
    console.log(
      `demo, English voice on the Dutch speech, ${predictor}: r ${correlation(opening, truth).toFixed(3)} ` +
        `(wanted ${correlation(look.wanted, truth).toFixed(3)})`,
    );
  }
  voice.close();
}

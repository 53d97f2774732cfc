import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ensureFacePack } from '../../src/engine/face-pack/ensure-face-pack.ts';
import { openModel } from '../../src/engine/inference/open-model.ts';
import { locateFfmpeg } from '../../src/engine/media/locate-ffmpeg.ts';
import { sharedFolder } from '../support/shared-media.ts';

const clips = sharedFolder('clips');
const models = sharedFolder('onnx');
const skip =
  clips === null || models === null ? 'no folder of shared clips and models on this machine' : false;
const side = 192;

/** Crops that hold one face with some room around it, found by eye: clip, second, square. */
const faces = [
  { clip: 'anchor-71s-512-25fps.mp4', second: 3, crop: '340:340:86:110' },
  { clip: 'desk-man-6s-700-22fps.mp4', second: 2, crop: '400:400:150:80' },
  { clip: 'blue-wall-woman-7s-700-30fps.mp4', second: 2, crop: '420:420:140:100' },
];

/** Red, green and blue bytes of a square of one frame, scaled to the mesh's input. */
async function readCrop(path: string, second: number, crop: string): Promise<Uint8Array> {
  const { ffmpegPath } = await locateFfmpeg();
  const filter = `crop=${crop},scale=${side}:${side}:flags=area,format=rgb24`;
  const options = ['-v', 'error', '-ss', String(second), '-i', path, '-frames:v', '1', '-vf', filter];
  const { stdout } = await promisify(execFile)(ffmpegPath, [...options, '-f', 'rawvideo', '-'], {
    encoding: 'buffer',
  });
  return stdout;
}

for (const { clip, second, crop } of faces)
  test(
    `on a face of ${clip}, an independent conversion of the mesh gives the same points`,
    { skip },
    async () => {
      const rgb = await readCrop(join(clips ?? '', clip), second, crop);
      assert.equal(rgb.length, side * side * 3);
      const interleaved = Float32Array.from(rgb, (value) => value / 255);
      const planes = interleaved.map(
        (_, i) => interleaved[(i % (side * side)) * 3 + Math.floor(i / (side * side))],
      );

      const ours = await openModel({ path: (await ensureFacePack()).facemesh, threads: 1 });
      const theirs = await openModel({
        path: join(models ?? '', 'mediapipe-face_landmark-468.onnx'),
        threads: 1,
      });
      const { mesh, presence } = await ours.run({ input: { data: planes, dims: [1, 3, side, side] } });
      const reference = await theirs.run({
        [theirs.inputs[0].name]: { data: interleaved, dims: [1, side, side, 3] },
      });
      await ours.close();
      await theirs.close();

      const points = Object.values(reference).find(({ data }) => data.length === 1404);
      const flag = Object.values(reference).find(({ data }) => data.length === 1);
      assert.ok(points !== undefined && flag !== undefined);
      let sum = 0;
      let worst = 0;
      for (let point = 0; point < 468; point++) {
        const dx = mesh.data[point * 3] - points.data[point * 3];
        const dy = mesh.data[point * 3 + 1] - points.data[point * 3 + 1];
        worst = Math.max(worst, Math.hypot(dx, dy));
        sum += Math.hypot(dx, dy);
      }
      console.log(
        `${clip}: mean ${(sum / 468).toFixed(3)} px, worst ${worst.toFixed(3)} px, presence ${presence.data[0].toFixed(2)} and ${flag.data[0].toFixed(2)}`,
      );
      assert.ok(presence.data[0] > 0, 'the crop shows a face');
      assert.ok(sum / 468 < 0.005, `mean difference ${sum / 468} px`);
      assert.ok(worst < 0.02, `worst difference ${worst} px`);
    },
  );

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { demoPlan } from '../../../scripts/demo/demo-plan.ts';
import { buildHeadMesh } from '../../../scripts/demo/head-mesh.ts';
import { demoLook, randomLook } from '../../../scripts/demo/look.ts';
import { restingMouth } from '../../../scripts/demo/mouth-shape.ts';
import type { MouthShape } from '../../../scripts/demo/mouth-shape.ts';
import { openFilm, renderSpeaker } from '../../../scripts/demo/render-speaker.ts';
import { deformHead, rigWeights } from '../../../scripts/demo/rig.ts';

const small = { width: 48, height: 48, textureSize: 96 };
const calm = { blink: 0, gazeX: 0, gazeY: 0, brows: 0, smile: 0.3 };
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('a look depends on its seed alone', () => {
  assert.deepEqual(randomLook(5), randomLook(5));
  assert.notDeepEqual(randomLook(5), randomLook(6));
});

test('the inner lips of the geometry are exactly as far apart as asked, whatever else the face does', () => {
  const mesh = buildHeadMesh(demoLook.shape);
  const weights = rigWeights(mesh);
  const out = new Float32Array(mesh.rest.length);
  const quarter = mesh.pointsPerRing / 4;
  const slit = mesh.slitRing * mesh.pointsPerRing;
  const anyMouth: fc.Arbitrary<MouthShape> = fc.record({
    openingCm: fc.double({ min: 0, max: 1.6, noNaN: true }),
    spread: fc.double({ min: -1, max: 1, noNaN: true }),
    protrusion: fc.double({ min: 0, max: 1, noNaN: true }),
    jawCm: fc.double({ min: 0, max: 1.2, noNaN: true }),
    press: fc.constant(0),
    tuck: fc.constant(0),
    tongue: fc.constant(0),
  });
  fc.assert(
    fc.property(anyMouth, (mouth) => {
      deformHead(mesh, weights, { mouth, expression: calm }, out);
      const gap = out[(slit + quarter) * 3 + 1] - out[(slit + 3 * quarter) * 3 + 1];
      assert.ok(Math.abs(gap - mouth.openingCm) < 0.02, `asked ${mouth.openingCm}, got ${gap}`);
    }),
    { numRuns: 25 },
  );
});

test('pictures are the same whenever and in whatever order they are rendered', () => {
  const mouths = [restingMouth, { ...restingMouth, openingCm: 1.2, jawCm: 0.9 }, restingMouth];
  const plan = { ...demoPlan(mouths), ...small };
  const film = openFilm(plan);
  const inOrder = [...renderSpeaker(plan)].length;
  assert.equal(inOrder, 3);
  const first = hash(film.render(1));
  film.render(0);
  assert.equal(hash(film.render(1)), first);
  const again = openFilm(plan);
  assert.equal(hash(again.render(1)), first);
  assert.notEqual(hash(again.render(0)), first);
});

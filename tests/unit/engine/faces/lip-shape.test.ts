import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { headPoseOf } from '../../../../src/engine/faces/head-pose.ts';
import { faceScaleOf, lipShapeOf, poseRemoved } from '../../../../src/engine/faces/lip-shape.ts';
import { lipsInner, lipsOuter } from '../../../../src/engine/faces/mesh-points.ts';
import { referenceFace } from '../../../../src/engine/faces/reference-face.ts';
import { meshFloatCount } from '../../../../src/engine/faces/types.ts';

interface Placement {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  readonly size: number;
}

/** The reference face (or another) as a camera would see it: nodded, then turned, then tilted, then enlarged. */
function placed(face: Float32Array, { yaw, pitch, roll, size }: Placement): Float32Array {
  const radians = Math.PI / 180;
  const [cp, sp] = [Math.cos(pitch * radians), Math.sin(pitch * radians)];
  const [cy, sy] = [Math.cos(yaw * radians), Math.sin(yaw * radians)];
  const [cr, sr] = [Math.cos(roll * radians), Math.sin(roll * radians)];
  const out = new Float32Array(face.length);
  for (let i = 0; i < face.length; i += 3) {
    const [x, y, z] = [face[i], face[i + 1], face[i + 2]];
    // Nod: what faces the camera (z < 0) goes down (y grows).
    const [y1, z1] = [cp * y - sp * z, sp * y + cp * z];
    // Turn: what faces the camera goes to the picture's right (x grows).
    const [x2, z2] = [cy * x - sy * z1, sy * x + cy * z1];
    // Tilt: clockwise as seen in the picture, whose y points down.
    const [x3, y3] = [cr * x2 - sr * y1, sr * x2 + cr * y1];
    out.set([x3 * size + 320, y3 * size + 200, z2 * size], i);
  }
  return out;
}

function withOpenMouth(drop: number): Float32Array {
  const face = referenceFace.slice();
  for (const point of [...lipsInner.slice(1, 10), ...lipsOuter.slice(1, 10), 152])
    face[point * 3 + 1] += drop;
  return face;
}

const placement = fc.record({
  yaw: fc.double({ min: -60, max: 60, noNaN: true }),
  pitch: fc.double({ min: -45, max: 45, noNaN: true }),
  roll: fc.double({ min: -80, max: 80, noNaN: true }),
  size: fc.double({ min: 20, max: 600, noNaN: true }),
});

test('the reference face is a whole mesh, symmetric, one unit between the eye corners', () => {
  assert.equal(referenceFace.length, meshFloatCount);
  assert.ok(Math.abs(referenceFace[263 * 3] - referenceFace[33 * 3] - 1) < 1e-3);
  assert.ok(Math.abs(faceScaleOf(referenceFace) - 1) < 1e-3);
});

test('the lip shape does not change with the head, the distance or the place', () => {
  fc.assert(
    fc.property(placement, fc.double({ min: 0, max: 0.3, noNaN: true }), (where, drop) => {
      const face = withOpenMouth(drop);
      const here = lipShapeOf(face);
      const there = lipShapeOf(placed(face, where));
      for (const key of Object.keys(here) as (keyof typeof here)[])
        assert.ok(Math.abs(here[key] - there[key]) < 2e-4, `${key} ${here[key]} ${there[key]}`);
    }),
  );
});

test('dropping the lower lip and chin opens the mouth by as much and widens nothing', () => {
  const closed = lipShapeOf(referenceFace);
  const open = lipShapeOf(withOpenMouth(0.2));
  assert.ok(Math.abs(open.innerOpening - closed.innerOpening - 0.2) < 0.01);
  assert.ok(Math.abs(open.opening - closed.opening - 0.2) < 0.01);
  assert.ok(Math.abs(open.jaw - closed.jaw - 0.2) < 0.01);
  assert.equal(open.width, closed.width);
  assert.ok(open.innerArea > closed.innerArea + 0.19);
});

test('lips pushed towards the camera protrude by as much', () => {
  const face = referenceFace.slice();
  for (const point of lipsOuter) face[point * 3 + 2] -= 0.1;
  assert.ok(Math.abs(lipShapeOf(face).protrusion - lipShapeOf(referenceFace).protrusion - 0.1) < 1e-3);
});

test('pose is found again, with its signs', () => {
  fc.assert(
    fc.property(placement, (where) => {
      const pose = headPoseOf(placed(referenceFace, where));
      assert.ok(Math.abs(pose.yawDegrees - where.yaw) < 0.1);
      assert.ok(Math.abs(pose.pitchDegrees - where.pitch) < 0.1);
      assert.ok(Math.abs(pose.rollDegrees - where.roll) < 0.1);
    }),
  );
});

test('removing the pose brings the reference face back', () => {
  fc.assert(
    fc.property(placement, (where) => {
      const back = poseRemoved(placed(referenceFace, where));
      assert.ok(back.every((value, i) => Math.abs(value - referenceFace[i]) < 1e-3));
    }),
  );
});

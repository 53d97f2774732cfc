import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lipShapeOf } from '../../../../../src/engine/faces/lip-shape.ts';
import { referenceFace } from '../../../../../src/engine/faces/reference-face.ts';
import { nudgeLips, planNudges } from '../../../../../src/engine/lipsync/unit-selection/nudge-lips.ts';

const flat = (value: number, count = 7): Float32Array => new Float32Array(count).fill(value);
const middle = 3;

/** 1 in the middle frame, 0 elsewhere. */
const onceInTheMiddle = Float32Array.from({ length: 7 }, (_, t) => (t === middle ? 1 : 0));

describe('nudging borrowed lips', () => {
  it('goes most of the way to the opening wanted, and no further than what stays unseen', () => {
    const near = planNudges({ wanted: flat(0.055), borrowed: flat(0.05) })[middle];
    assert.ok(near > 0.003 && near <= 0.005);
    const far = planNudges({ wanted: flat(0.2), borrowed: flat(0.05) })[middle];
    assert.ok(Math.abs(far - 0.35 * 0.05) < 1e-6);
  });

  it('never pulls a closed mouth open', () => {
    assert.equal(planNudges({ wanted: flat(0.1), borrowed: flat(0.01) })[middle], 0);
  });

  it('closes a small gap nearly all the way where the lips must meet, for that frame alone', () => {
    const request = { wanted: flat(0.04), borrowed: flat(0.04), closure: onceInTheMiddle };
    request.wanted[middle] = 0.002;
    const nudges = planNudges(request);
    assert.ok(Math.abs(nudges[middle] + 0.8 * 0.04) < 1e-6, `${nudges[middle]}`);
    const unsure = planNudges({ wanted: request.wanted, borrowed: request.borrowed });
    assert.ok(unsure[middle] > nudges[middle] / 2, 'without the closure it keeps to the careful limit');
    assert.equal(nudges[0], 0);
  });

  it('moves the lips of a mesh by what was planned', () => {
    const mesh = referenceFace.slice();
    const before = lipShapeOf(mesh).innerOpening;
    nudgeLips(mesh, 0.05);
    const opened = lipShapeOf(mesh).innerOpening - before;
    assert.ok(opened > 0.035 && opened < 0.06, `${opened}`);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { pcmWindow } from '../../../../src/engine/host/handlers/pcm-window.ts';
import { arrayPcm } from '../../../support/array-pcm.ts';

describe('a window on a sound', () => {
  it('holds the stretch and silence around it, wherever one reads', () => {
    const whole = arrayPcm(Float32Array.from({ length: 50 }, (_, i) => (i + 1) / 64));
    const place = fc.integer({ min: -30, max: 80 });
    const count = fc.nat({ max: 90 });
    fc.assert(
      fc.property(place, count, place, count, (startSample, sampleCount, start, readCount) => {
        const window = pcmWindow(whole, startSample, sampleCount);
        const expected = Float32Array.from({ length: readCount }, (_, i) => {
          const inWindow = start + i;
          const inWhole = startSample + inWindow;
          const isInside = inWindow >= 0 && inWindow < sampleCount && inWhole >= 0 && inWhole < 50;
          return isInside ? (inWhole + 1) / 64 : 0;
        });
        assert.deepEqual(window.read(start, readCount), expected);
      }),
    );
  });
});

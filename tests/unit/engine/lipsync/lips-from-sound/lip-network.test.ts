import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  measureVoiceLevel,
  normaliseVoiceMel,
  readVoiceMel,
} from '../../../../../src/engine/audio/voice-mel.ts';
import { openModel } from '../../../../../src/engine/inference/open-model.ts';
import { hearAround } from '../../../../../src/engine/lipsync/lips-from-sound/hear-around.ts';
import { LipNetwork, lipMomentCount } from '../../../../../src/engine/lipsync/lips-from-sound/lip-network.ts';
import { arrayPcm } from '../../../../support/array-pcm.ts';
import { lipNetworkGraph } from '../../../../support/lip-network-graph.ts';
import { seededRandom } from '../../../../support/seeded-random.ts';

const never = new AbortController().signal;
const random = seededRandom(3);
/** 45 s of noise whose loudness and colour wander: three blocks, the last one short. */
let colour = 0;
let last = 0;
const pcm = arrayPcm(
  Float32Array.from({ length: 45 * 16_000 + 77 }, (_, i) => {
    if (i % 3200 === 0) colour = random();
    last = colour * last + (1 - colour) * (random() - 0.5);
    return last * (0.2 + 0.8 * random());
  }),
);
const sound = { pcm, level: measureVoiceLevel(pcm, never) };
let network: LipNetwork;

before(async () => {
  network = await LipNetwork.open({ bytes: lipNetworkGraph() });
});
after(() => network.close());

/** The whole sound in one run, silence on both sides. */
async function wholeAnswer(): Promise<{ readonly shape: Float32Array; readonly features: Float32Array }> {
  const margin = 40;
  const moments = lipMomentCount(pcm) + 2 * margin;
  const model = await openModel({ bytes: lipNetworkGraph(), threads: 1 });
  const mel = normaliseVoiceMel(readVoiceMel(pcm, -2 * margin, 2 * moments), sound.level);
  const answer = await model.run({ mel: { data: mel, dims: [1, 80, 2 * moments] } });
  await model.close();
  const turned = (data: Float32Array): Float32Array => {
    const size = data.length / moments;
    return Float32Array.from(
      { length: lipMomentCount(pcm) * size },
      (_, i) => data[(i % size) * moments + margin + Math.floor(i / size)],
    );
  };
  return { shape: turned(answer['shape'].data), features: turned(answer['features'].data) };
}

function assertClose(actual: Float32Array, expected: Float32Array, tolerance = 2e-5): void {
  assert.equal(actual.length, expected.length);
  let worst = 0;
  actual.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - expected[i]))));
  assert.ok(worst <= tolerance, `largest difference ${worst}`);
}

describe('LipNetwork', () => {
  it('answers block by block as for the whole sound at once, holding one block at a time', async () => {
    const whole = await wholeAnswer();
    let next = 0;
    for await (const block of network.hear(sound, never)) {
      assert.equal(block.startMoment, next);
      const end = next + block.count;
      assertClose(block.shapes, whole.shape.subarray(next * 12, end * 12));
      assertClose(block.hidden, whole.features.subarray(next * 16, end * 16));
      assert.equal(block.closed.length, block.count);
      next = end;
    }
    assert.equal(next, lipMomentCount(pcm));
    assert.ok(pcm.largestRead() < 12 * 16_000, 'reads a few seconds at a time');
  });

  it('hears any range, and between its own moments in a straight line', async () => {
    const whole = await wholeAnswer();
    const seconds = Float64Array.from({ length: 200 }, (_, i) => (i < 100 ? 1 + i / 25 : 30 + i / 30));
    let answered = 0;
    for await (const stretch of hearAround(network, sound, { seconds, marginSeconds: 0.1 }, never)) {
      for (let i = stretch.start; i < stretch.end; i++) {
        for (const lag of [0, -0.1, 0.1]) {
          const position = (seconds[i] + lag) * 50 - 0.5;
          const before = Math.floor(position + 1e-9);
          const share = position - before;
          const expected = Float32Array.from(
            { length: 12 },
            (_, k) => (1 - share) * whole.shape[before * 12 + k] + share * whole.shape[(before + 1) * 12 + k],
          );
          assertClose(stretch.shapeAt(seconds[i] + lag), expected);
        }
        answered++;
      }
    }
    assert.equal(answered, 200);
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    await assert.rejects(async () => {
      for await (const block of network.hear(sound, abort.signal)) if (block.startMoment === 0) abort.abort();
    }, /abort/i);
  });

  it('refuses a network of another interface, and a file that is no network', async () => {
    await assert.rejects(LipNetwork.open({ bytes: lipNetworkGraph(9) }), { code: 'MODEL_WRONG_SHAPE' });
    await assert.rejects(LipNetwork.open({ bytes: new Uint8Array(100) }), { code: 'MODEL_UNREADABLE' });
    await assert.rejects(LipNetwork.open({ path: '/nowhere/at-all.onnx' }), { code: 'MODEL_NOT_FOUND' });
  });
});

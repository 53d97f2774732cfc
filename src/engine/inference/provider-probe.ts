import { toErrorRecord } from '../../contract/errors.ts';
import { openModel } from './open-model.ts';
import type { ProbeInput, ProbeMessage, ProbeModel, ProbeOrder } from './probe-protocol.ts';
import type { FloatTensor, Model } from './types.ts';

/**
 * The measuring process (`probe-provider.ts` starts it): runs models on one provider and tells what came out. It
 * lives alone because a driver that aborts or hangs takes its process along.
 */
process.once('message', (order) => void measureAll(order as ProbeOrder));
// The parent is gone: nobody wants the answer.
process.once('disconnect', () => process.exit(0));

/** Measuring stops here, whatever number of runs was asked: a second tells enough. */
const enoughMs = 1000;

async function measureAll(order: ProbeOrder): Promise<void> {
  for (const model of order.models) {
    const isFastEnough = await measure(order, model).catch((error: unknown) => {
      const { details } = toErrorRecord(error);
      tell({ kind: 'failed', model: model.name, cause: String(details['cause'] ?? error) });
      return false;
    });
    if (!isFastEnough) break;
  }
  // The parent ends this process: unloading a driver is one more thing that can hang.
  tell({ kind: 'done' });
}

async function measure(order: ProbeOrder, probe: ProbeModel): Promise<boolean> {
  const { provider, runs, threads } = order;
  const start = performance.now();
  const model = await openModel({ path: probe.path, provider, ...(threads === null ? {} : { threads }) });
  const feeds = Object.fromEntries(model.inputs.map(({ name }, i) => [name, smoothPicture(probe.inputs[i])]));
  const outputs = await model.run(feeds);
  const firstMs = performance.now() - start;
  const times: number[] = [];
  const until = performance.now() + enoughMs;
  let isSlow = false;
  while (!isSlow && times.length < runs && (times.length === 0 || performance.now() < until)) {
    const ms = await timeRun(model, feeds);
    isSlow = probe.slowMs !== null && ms > probe.slowMs;
    times.push(ms);
  }
  times.sort((a, b) => a - b);
  const medianMs = times.length === 0 ? firstMs : times[times.length >> 1];
  tell({ kind: 'answer', answer: { model: probe.name, firstMs, medianMs, isSlow, outputs } });
  await model.close();
  return !isSlow;
}

async function timeRun(model: Model, feeds: Readonly<Record<string, FloatTensor>>): Promise<number> {
  const start = performance.now();
  await model.run(feeds);
  return performance.now() - start;
}

/** Waves that differ in every plane and row, so that an answer made from the wrong place differs too. */
function smoothPicture({ dims, span, shift }: ProbeInput): FloatTensor {
  const width = dims[dims.length - 1];
  const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
  for (let i = 0; i < data.length; i++) {
    const wave = Math.sin((i % width) * 0.07) + Math.cos(Math.floor(i / width) * 0.031);
    data[i] = shift + span * (0.5 + 0.25 * wave);
  }
  return { data, dims };
}

function tell(message: ProbeMessage): void {
  process.send?.(message);
}

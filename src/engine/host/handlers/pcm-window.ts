import type { PcmReader } from '../../lipsync/types.ts';

/**
 * A stretch of a sound as a sound of its own: outside it there is silence, whatever the whole sound holds there. It
 * may reach beyond both ends of the whole. Closing it leaves the whole open.
 */
export function pcmWindow(whole: PcmReader, startSample: number, sampleCount: number): PcmReader {
  return {
    sampleRateHz: whole.sampleRateHz,
    sampleCount,
    read(start, count) {
      const first = Math.max(0, start);
      const end = Math.min(sampleCount, start + count);
      if (first >= end) return new Float32Array(count);
      const inside = whole.read(startSample + first, end - first);
      if (inside.length === count) return inside;
      const samples = new Float32Array(count);
      samples.set(inside, first - start);
      return samples;
    },
    close: () => undefined,
  };
}

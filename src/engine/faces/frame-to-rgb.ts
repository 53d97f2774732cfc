import type { VideoFrame } from '../media/frame.ts';

/**
 * How samples become RGB: `red = luma·(Y − black) + redFromV·(V − zero)` and so on, giving 0 to 1 for nominal
 * samples of any bit depth.
 */
export interface RgbFormula {
  readonly black: number;
  readonly zero: number;
  readonly luma: number;
  readonly redFromV: number;
  readonly greenFromU: number;
  readonly greenFromV: number;
  readonly blueFromU: number;
}

/** Kr and Kb of ffmpeg's colour spaces (ITU-T H.273, table 4). */
const lumaWeights: Readonly<Record<string, readonly [kr: number, kb: number]>> = {
  bt709: [0.2126, 0.0722],
  fcc: [0.3, 0.11],
  bt470bg: [0.299, 0.114],
  smpte170m: [0.299, 0.114],
  smpte240m: [0.212, 0.087],
  bt2020nc: [0.2627, 0.0593],
  bt2020c: [0.2627, 0.0593],
};

/** Untagged pictures are taken as players take them: standard definition is BT.601, larger is BT.709. */
function weightsFor(frame: Pick<VideoFrame, 'colour' | 'width' | 'height'>): readonly [number, number] {
  const known = lumaWeights[frame.colour.space] as readonly [number, number] | undefined;
  const isHighDefinition = frame.width * frame.height > 1024 * 576;
  return known ?? (isHighDefinition ? lumaWeights['bt709'] : lumaWeights['smpte170m']);
}

function isFullRange(frame: Pick<VideoFrame, 'colour' | 'format'>): boolean {
  const { range } = frame.colour;
  if (range === 'pc' || range === 'full' || range === 'jpeg') return true;
  if (range === 'tv' || range === 'limited' || range === 'mpeg') return false;
  return frame.format.model !== 'yuv' || frame.format.name.startsWith('yuvj');
}

/** The formula for a frame's format and colour tags (ITU-R BT.601, BT.709, BT.2020: the same form throughout). */
export function rgbFormulaFor(frame: Pick<VideoFrame, 'colour' | 'format' | 'width' | 'height'>): RgbFormula {
  const { bitDepth } = frame.format;
  const full = isFullRange(frame);
  const peak = 2 ** bitDepth - 1;
  const step = 2 ** (bitDepth - 8);
  const luma = full ? 1 / peak : 1 / (219 * step);
  const chroma = full ? 1 / peak : 1 / (224 * step);
  const [kr, kb] = weightsFor(frame);
  const kg = 1 - kr - kb;
  return {
    black: full ? 0 : 16 * step,
    zero: 2 ** (bitDepth - 1),
    luma,
    redFromV: 2 * (1 - kr) * chroma,
    greenFromU: (-2 * kb * (1 - kb) * chroma) / kg,
    greenFromV: (-2 * kr * (1 - kr) * chroma) / kg,
    blueFromU: 2 * (1 - kb) * chroma,
  };
}

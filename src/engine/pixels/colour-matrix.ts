import type { VideoFrame } from '../media/frame.ts';

/**
 * How a frame's sample values become red, green and blue. Normalised: y' is 0 (black) to 1 (white), cb and cr are
 * -0.5 to 0.5; r = y' + crToRed·cr, g = y' + cbToGreen·cb + crToGreen·cr, b = y' + cbToBlue·cb.
 */
export interface ColourMatrix {
  /** y' = (sample - lumaOffset) / lumaRange. For `gbr` frames the same turns a sample into a colour's share. */
  readonly lumaOffset: number;
  readonly lumaRange: number;
  /** cb = (sample - chromaOffset) / chromaRange */
  readonly chromaOffset: number;
  readonly chromaRange: number;
  /** Share of red and blue in y' (Kr and Kb of the standard). */
  readonly redShare: number;
  readonly blueShare: number;
  readonly crToRed: number;
  readonly cbToGreen: number;
  readonly crToGreen: number;
  readonly cbToBlue: number;
}

/** Kr and Kb: ITU-R BT.601-7, BT.709-6, BT.2020-2, SMPTE 240M, FCC 73.682. */
const sharesBySpace: Readonly<Record<string, readonly [number, number]>> = {
  bt709: [0.2126, 0.0722],
  bt470bg: [0.299, 0.114],
  smpte170m: [0.299, 0.114],
  smpte240m: [0.212, 0.087],
  fcc: [0.3, 0.11],
  bt2020nc: [0.2627, 0.0593],
  bt2020c: [0.2627, 0.0593],
};

/** The matrix of a frame's colour tags; a file that does not say counts as BT.709 from 720 lines on, else BT.601. */
export function colourMatrixOf({
  format,
  colour,
  height,
}: Pick<VideoFrame, 'format' | 'colour' | 'height'>): ColourMatrix {
  const [redShare, blueShare] =
    sharesBySpace[colour.space] ?? sharesBySpace[height >= 720 ? 'bt709' : 'smpte170m'];
  const greenShare = 1 - redShare - blueShare;
  const unit = 2 ** (format.bitDepth - 8);
  const isFull = isFullRange(format.name, format.model, colour.range);
  return {
    lumaOffset: isFull ? 0 : 16 * unit,
    lumaRange: isFull ? 2 ** format.bitDepth - 1 : 219 * unit,
    chromaOffset: 128 * unit,
    chromaRange: isFull ? 2 ** format.bitDepth - 1 : 224 * unit,
    redShare,
    blueShare,
    crToRed: 2 * (1 - redShare),
    cbToGreen: (-2 * (1 - blueShare) * blueShare) / greenShare,
    crToGreen: (-2 * (1 - redShare) * redShare) / greenShare,
    cbToBlue: 2 * (1 - blueShare),
  };
}

function isFullRange(name: string, model: 'yuv' | 'gray' | 'gbr', range: string): boolean {
  if (range === 'pc' || range === 'full' || range === 'jpeg') return true;
  if (range === 'tv' || range === 'limited' || range === 'mpeg') return false;
  return model !== 'yuv' || name.startsWith('yuvj');
}

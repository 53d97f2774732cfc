/**
 * How the samples of a frame lie in memory. Only planar formats are used inside: every packed or semi-planar
 * source format has a planar twin with the same samples (nv12 → yuv420p), so that nothing is lost on the way.
 */
export interface PlanarFormat {
  /** ffmpeg's name: `yuv420p`, `yuv422p10le`, `gray`, `gbrp` … */
  readonly name: string;
  /** Plane order: luma first; `gbr` is green, blue, red. A fourth plane, when present, is alpha. */
  readonly model: 'yuv' | 'gray' | 'gbr';
  readonly planeCount: 1 | 3 | 4;
  /** Bits per sample, 8 to 16; above 8 the samples are little-endian 16-bit words. */
  readonly bitDepth: number;
  /** log2 of the horizontal and vertical chroma subsampling: 1 and 1 for 4:2:0. */
  readonly chromaShiftX: 0 | 1 | 2;
  readonly chromaShiftY: 0 | 1 | 2;
}

/** Samples of one plane: bytes up to 8 bits, 16-bit words above. */
export type Samples = Uint8Array | Uint16Array;

/** One plane of a frame, rows packed without padding (`stride === width`). */
export interface Plane {
  readonly data: Samples;
  readonly width: number;
  readonly height: number;
}

/** What the numbers of a YUV frame mean: needed only where pixels become RGB for a network. */
export interface ColourTags {
  /** ffmpeg names, `unknown` when the file does not say. */
  readonly range: string;
  readonly space: string;
  readonly primaries: string;
  readonly transfer: string;
}

/** A decoded picture, upright (rotation applied), in the source's own sample format. */
export interface VideoFrame {
  /** Index on the source's frame grid, 0 for its first decodable frame. */
  readonly index: number;
  readonly format: PlanarFormat;
  readonly width: number;
  readonly height: number;
  readonly planes: readonly Plane[];
  readonly colour: ColourTags;
}

/** A rectangle of whole pixels inside a frame. */
export interface PixelBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Replacement pixels for one frame: laid over the source at `box`, they are the finished picture there. Where the
 * engine's mask is zero they equal the source bit for bit, so copying the whole box changes nothing but the mouth.
 * `box` lies on the chroma grid (x, y, width and height are multiples of the subsampling).
 */
export interface Patch {
  readonly frameIndex: number;
  readonly box: PixelBox;
  readonly planes: readonly Plane[];
}

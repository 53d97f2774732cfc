/** The point of a surface that a sample sees; one object is reused for all samples. */
export interface SurfacePoint {
  /** Unit vector to the camera. */
  viewX: number;
  viewY: number;
  viewZ: number;
  /** How much of the shadowing lamp arrives, 0 to 1. */
  lit: number;
  /** World position. */
  x: number;
  y: number;
  z: number;
  /** World normal, unit, towards the camera. */
  nx: number;
  ny: number;
  nz: number;
  /** Resting position on the person. */
  restX: number;
  restY: number;
  restZ: number;
  detailU: number;
  detailV: number;
  openness: number;
  /** Linear reflectance. */
  r: number;
  g: number;
  b: number;
  /** Strength and narrowness of the highlight. */
  shine: number;
  gloss: number;
  /** 1 skin: light bleeds through, the terminator turns red. */
  flesh: number;
  /** 1 hair: the highlight follows the strands. */
  hair: number;
}

/** A blank surface point. */
export function blankSurface(): SurfacePoint {
  return {
    viewX: 0,
    viewY: 0,
    viewZ: 1,
    lit: 1,
    x: 0,
    y: 0,
    z: 0,
    nx: 0,
    ny: 0,
    nz: 1,
    restX: 0,
    restY: 0,
    restZ: 0,
    detailU: 0,
    detailV: 0,
    openness: 1,
    r: 0,
    g: 0,
    b: 0,
    shine: 0,
    gloss: 20,
    flesh: 0,
    hair: 0,
  };
}

/** Sets reflectance. */
export function dye(s: SurfacePoint, r: number, g: number, b: number): void {
  s.r = r;
  s.g = g;
  s.b = b;
}

/** Adds to the normal and makes it a unit again. */
export function bendNormal(s: SurfacePoint, x: number, y: number, z: number): void {
  const nx = s.nx + x;
  const ny = s.ny + y;
  const nz = s.nz + z;
  const scale = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz + 1e-12);
  s.nx = nx * scale;
  s.ny = ny * scale;
  s.nz = nz * scale;
}

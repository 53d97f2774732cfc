import type { SpeakerLook } from './look.ts';
import { bell, fractalNoise, hash3, mix, noise3, smoothstep } from './random.ts';
import { anatomy } from './sculpt.ts';

/** Where a texel lies on the resting head. */
export interface TexelPlace {
  readonly position: readonly [number, number, number];
  readonly lipPlace: number;
  readonly lipAngle: number;
  /** cm inside the hairline, negative on bare skin. */
  readonly beyondHairline: number;
  readonly strand: number;
}

/** What is painted there. */
export interface Texel {
  colour: [number, number, number];
  heightCm: number;
  shine: number;
  hair: number;
}

function tint(texel: Texel, gain: readonly [number, number, number], amount: number): void {
  texel.colour[0] *= mix(1, gain[0], amount);
  texel.colour[1] *= mix(1, gain[1], amount);
  texel.colour[2] *= mix(1, gain[2], amount);
}

function cover(texel: Texel, colour: readonly [number, number, number], amount: number): void {
  texel.colour[0] = mix(texel.colour[0], colour[0], amount);
  texel.colour[1] = mix(texel.colour[1], colour[1], amount);
  texel.colour[2] = mix(texel.colour[2], colour[2], amount);
}

/** Paints one texel of the head into `texel`. */
export function paintTexel(place: TexelPlace, look: SpeakerLook, texel: Texel): void {
  const [x, y, z] = place.position;
  texel.colour = [look.skin.colour[0], look.skin.colour[1], look.skin.colour[2]];
  texel.shine = 0.42;
  texel.hair = 0;
  paintComplexion(place, look, texel);
  const pores = noise3(x * 13, y * 13, z * 13) + 0.6 * noise3(x * 26, y * 26, z * 26);
  texel.heightCm = 0.011 * pores;
  const lines = smoothstep(2.8, 4.2, y) * bell(x, 3.5) * smoothstep(5, 7, z);
  texel.heightCm += 0.012 * lines * Math.sin(y * 7 + noise3(x * 0.6, y, look.seed) * 2.2);
  paintLids(x, y, texel);
  paintStubble(place, look, texel);
  paintLips(place, look, texel);
  paintBrows(place, look, texel);
  paintHair(place, look, texel);
}

function paintComplexion(place: TexelPlace, look: SpeakerLook, texel: Texel): void {
  const [x, y, z] = place.position;
  const patches = fractalNoise(x * 0.7, y * 0.7, z * 0.7 + look.seed, 3) - 0.5;
  tint(texel, [1.06, 0.9, 0.86], 0.9 * patches + 0.2);
  const grain = fractalNoise(x * 4, y * 4, z * 4 + look.seed, 3) - 0.5;
  tint(texel, [1.1, 1.16, 1.2], grain);
  const cheek = bell(Math.abs(x) - 4.1, 1.7) * bell(y + 3.6, 1.6);
  const tip = bell(x, 1.1) * bell(y + 4.4, 0.9) * smoothstep(8, 9.3, z);
  const chin = bell(x, 1.3) * bell(y + 10, 0.9);
  tint(texel, [1.02, 0.74, 0.72], look.skin.flush * Math.min(1, cheek * 0.85 + tip * 0.8 + chin * 0.35));
  tint(texel, [1.06, 1.05, 1.0], bell(x, 3) * bell(y - 4.5, 1.8));
  if (look.skin.freckles <= 0) return;
  const zone = bell(y + 2.4, 1.9) * bell(Math.abs(x) - 2.4, 2.6) * smoothstep(3, 6, z);
  const spots = noise3(x * 5.2 + 31, y * 5.2, z * 5.2 + look.seed);
  const amount = smoothstep(0.72, 0.82, spots) * zone * look.skin.freckles;
  tint(texel, [0.68, 0.52, 0.42], amount * 0.8);
  const mole = smoothstep(0.12, 0.07, Math.hypot(x - 3.3, y + 5.1));
  tint(texel, [0.4, 0.3, 0.28], mole * 0.75);
}

function paintLids(x: number, y: number, texel: Texel): void {
  const { eye } = anatomy;
  const ex = Math.abs(x) - eye.x;
  const lid = bell(ex, 1.6) * bell(y - eye.y - 0.35, 0.75);
  tint(texel, [0.93, 0.8, 0.8], lid * 0.7);
  const bag = bell(ex + 0.15, 1.2) * bell(y - eye.y + 1.0, 0.4);
  tint(texel, [0.88, 0.78, 0.84], bag * 0.6);
}

function paintStubble(place: TexelPlace, look: SpeakerLook, texel: Texel): void {
  const [x, y, z] = place.position;
  if (look.skin.stubble <= 0) return;
  const jaw = smoothstep(-5.2, -7.4, y + Math.abs(x) * 0.12 - Math.max(0, Math.abs(x) - 4) * 0.9);
  const moustache = bell(y + 5.9, 0.55) * smoothstep(3, 2, Math.abs(x)) * smoothstep(0.06, 0.4, Math.abs(x));
  const zone = Math.min(1, jaw + moustache) * smoothstep(1.02, 1.35, place.lipPlace) * smoothstep(-2, 1, z);
  tint(texel, [0.72, 0.76, 0.84], zone * look.skin.stubble * 0.75);
  const hair = smoothstep(0.62, 0.8, noise3(x * 17, y * 12, z * 17 + look.seed));
  tint(texel, [0.5, 0.48, 0.5], zone * hair * look.skin.stubble * 0.7);
  texel.heightCm += 0.006 * hair * zone;
}

function paintLips(place: TexelPlace, look: SpeakerLook, texel: Texel): void {
  if (place.lipPlace > 1.5) return;
  const [x, y] = place.position;
  const edge = place.lipPlace + (noise3(x * 3, y * 3, 5) - 0.5) * 0.1;
  const red =
    smoothstep(1.08, 0.93, edge) * smoothstep(0.02, 0.14, Math.abs(Math.sin(place.lipAngle)) + 0.04);
  const furrows = noise3(x * 7.5 + noise3(x, y * 2, 3) * 0.8, y * 0.9, 11);
  const tone = 0.86 + furrows * 0.3;
  const upper = Math.sin(place.lipAngle) > 0 ? 0.86 : 1.06;
  const [r, g, b] = look.lips;
  const wet = smoothstep(0.3, 0.05, place.lipPlace);
  cover(
    texel,
    [r * tone * upper, g * tone * upper * mix(1, 0.75, wet), b * tone * upper * mix(1, 0.8, wet)],
    red * 0.88,
  );
  texel.heightCm = mix(texel.heightCm, 0.02 * furrows + 0.004 * noise3(x * 20, y * 20, 1), red);
  texel.shine = mix(texel.shine, 0.62 + 0.25 * wet, red);
  // A light rim where the red begins.
  tint(texel, [1.09, 1.08, 1.07], bell(edge - 1.16, 0.1) * 0.6);
}

function paintBrows(place: TexelPlace, look: SpeakerLook, texel: Texel): void {
  const [signed, y, z] = place.position;
  const x = Math.abs(signed);
  if (x < 0.7 || x > 5.6 || y < 0.6 || y > 3.6 || z < 3) return;
  const along = (x - 1.0) / 4.1;
  const middle = 1.62 + 0.75 * Math.sin(Math.max(0, Math.min(1, along * 1.02)) * 2.35) - 0.25 * along;
  const half = mix(0.44, 0.1, smoothstep(0.25, 1.02, along)) * (0.85 + 0.15 * look.hair.brows);
  const off = (y - middle) / half;
  const inside =
    smoothstep(1.25, 0.5, Math.abs(off)) * smoothstep(-0.06, 0.1, along) * smoothstep(1.06, 0.86, along);
  const lean = mix(1.3, -0.1, smoothstep(0, 0.55, along));
  const strand = browStrand(x - 2.4, y - middle, lean, look.seed + Math.sign(signed));
  const amount =
    inside * smoothstep(0.22, 0.6, strand * 0.75 + inside * 0.42) * Math.min(1, 0.8 * look.hair.brows + 0.15);
  const [r, g, b] = look.hair.colour;
  cover(texel, [r * 0.85, g * 0.85, b * 0.9], amount * 0.92);
  texel.heightCm += 0.02 * amount * strand;
  texel.shine = mix(texel.shine, 0.2, amount);
}

/** Tone of the brow's hairs: fine across, long along; they stand up near the nose and lie down outwards. */
function browStrand(x: number, y: number, lean: number, seed: number): number {
  const length = Math.sqrt(1 + lean * lean);
  const across = (y - x * lean) / length;
  const along = (x + y * lean) / length;
  return 0.6 * noise3(across * 16, along * 2.4, seed) + 0.4 * noise3(across * 30, along * 3.5, seed + 50);
}

function paintHair(place: TexelPlace, look: SpeakerLook, texel: Texel): void {
  const [x, y, z] = place.position;
  if (place.beyondHairline < -0.9) return;
  const soft = hash3(Math.floor(x * 40), Math.floor(y * 40), Math.floor(z * 40)) * 0.1;
  const roots = place.beyondHairline + (place.strand - 0.5) * 1.3 + soft;
  const shaved = look.hair.style === 'shaved';
  const hair = smoothstep(-0.25, 0.3, roots) * (shaved ? 0.72 : 1);
  const tone = 0.45 + 1.1 * place.strand;
  const [r, g, b] = look.hair.colour;
  cover(texel, [r * tone, g * tone, b * tone], hair);
  texel.heightCm = mix(texel.heightCm, place.strand * (shaved ? 0.02 : 0.16), hair);
  texel.shine = mix(texel.shine, 0.3, hair);
  texel.hair = shaved ? hair * 0.3 : hair;
}

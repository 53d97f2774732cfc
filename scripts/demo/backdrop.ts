import { bell, fractalNoise, mix, noise3, seededRandom, smoothstep } from './random.ts';
import type { Stage } from './stage.ts';

/** The out-of-focus room behind the speaker: linear red, green, blue per pixel, rows from the top. */
export function paintBackdrop(stage: Stage, width: number, height: number): Float32Array {
  const out = new Float32Array(width * height * 3);
  const office = stage.backdrop === 'office' ? officeShapes(stage.seed) : [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5 - width / 2) / height;
      const v = (y + 0.5) / height;
      const colour = stage.backdrop === 'office' ? officeAt(u, v, office) : curtainAt(u, v, stage.seed);
      out.set(colour, (y * width + x) * 3);
    }
  }
  return out;
}

interface SoftBox {
  readonly u: number;
  readonly v: number;
  readonly halfU: number;
  readonly halfV: number;
  readonly blur: number;
  readonly colour: readonly [number, number, number];
}

function officeShapes(seed: number): SoftBox[] {
  const random = seededRandom(seed);
  const boxes: SoftBox[] = [
    { u: -0.36, v: 0.3, halfU: 0.14, halfV: 0.3, blur: 0.03, colour: [0.75, 0.85, 0.95] },
    { u: -0.36, v: 0.3, halfU: 0.006, halfV: 0.3, blur: 0.02, colour: [0.3, 0.28, 0.26] },
    { u: -0.36, v: 0.36, halfU: 0.14, halfV: 0.006, blur: 0.02, colour: [0.3, 0.28, 0.26] },
    { u: 0.38, v: 0.42, halfU: 0.17, halfV: 0.42, blur: 0.025, colour: [0.11, 0.07, 0.045] },
  ];
  const spines: readonly (readonly [number, number, number])[] = [
    [0.32, 0.08, 0.05],
    [0.08, 0.16, 0.22],
    [0.35, 0.26, 0.12],
    [0.09, 0.17, 0.1],
    [0.4, 0.36, 0.3],
    [0.14, 0.08, 0.14],
  ];
  for (let shelf = 0; shelf < 4; shelf++) {
    let u = 0.235;
    const bottom = 0.2 + shelf * 0.2;
    while (u < 0.54) {
      const wide = 0.01 + random() * 0.016;
      const tall = 0.05 + random() * 0.03;
      const colour = spines[Math.floor(random() * spines.length)];
      if (random() < 0.85)
        boxes.push({ u: u + wide, v: bottom - tall, halfU: wide, halfV: tall, blur: 0.012, colour });
      u += wide * 2 + 0.002;
    }
  }
  for (let leaf = 0; leaf < 9; leaf++) {
    const green = 0.08 + random() * 0.1;
    boxes.push({
      u: -0.45 + (random() - 0.5) * 0.14,
      v: 0.72 + (random() - 0.5) * 0.26,
      halfU: 0.02 + random() * 0.02,
      halfV: 0.05 + random() * 0.05,
      blur: 0.03,
      colour: [green * 0.5, green, green * 0.4],
    });
  }
  return boxes;
}

function officeAt(u: number, v: number, boxes: readonly SoftBox[]): [number, number, number] {
  const glow = bell(u + 0.32, 0.5) * bell(v - 0.3, 0.6);
  const mottled = 0.96 + 0.08 * fractalNoise(u * 3, v * 3, 1, 2);
  const colour: [number, number, number] = [
    (0.27 + 0.22 * glow) * mottled,
    (0.24 + 0.22 * glow) * mottled,
    (0.2 + 0.23 * glow) * mottled,
  ];
  for (const box of boxes) {
    const du = smoothstep(box.halfU + box.blur, box.halfU - box.blur, Math.abs(u - box.u));
    if (du === 0) continue;
    const amount = du * smoothstep(box.halfV + box.blur, box.halfV - box.blur, Math.abs(v - box.v));
    for (let k = 0; k < 3; k++) colour[k] = mix(colour[k], box.colour[k], amount);
  }
  return colour;
}

function curtainAt(u: number, v: number, seed: number): [number, number, number] {
  const sway = noise3(u * 4, v * 0.8, seed) * 0.8;
  const fold = 0.5 + 0.5 * Math.sin(u * 34 + sway * 4 + noise3(u * 7, 0, seed) * 6);
  const pool = bell(u - 0.18, 0.5) * bell(v - 0.35, 0.6);
  const tone = (0.035 + 0.13 * pool) * (0.55 + 0.7 * fold);
  return [tone * 0.5, tone * 1.05, tone * 1.2];
}

import type { HeadMesh } from './head-mesh.ts';
import type { Expression, MouthShape } from './mouth-shape.ts';
import { bell, mix, smoothstep } from './random.ts';
import { anatomy } from './sculpt.ts';

/** How strongly each control moves each vertex of a head; computed once per head. */
export interface RigWeights {
  /** Share of the jaw's rotation. */
  readonly jaw: Float32Array;
  /** Share of the upper lip's own rise and of the lower lip's own drop. */
  readonly upperLip: Float32Array;
  readonly lowerLip: Float32Array;
  /** Share of the corners' sideways way, signed. */
  readonly corner: Float32Array;
  readonly pout: Float32Array;
  readonly press: Float32Array;
  readonly tuck: Float32Array;
  readonly brow: Float32Array;
  readonly cheek: Float32Array;
}

/** Height of the opening along the slit, 1 in the middle, 0 in the corners. */
function openingProfile(angle: number): number {
  return Math.pow(Math.abs(Math.sin(angle)), 1.15);
}

/** Weights for a head mesh. */
export function rigWeights(mesh: HeadMesh): RigWeights {
  const count = mesh.angle.length;
  const make = (): Float32Array => new Float32Array(count);
  const weights = {
    jaw: make(),
    upperLip: make(),
    lowerLip: make(),
    corner: make(),
    pout: make(),
    press: make(),
    tuck: make(),
    brow: make(),
    cheek: make(),
  };
  for (let vertex = 0; vertex < count; vertex++) weigh(mesh, weights, vertex);
  return weights;
}

function weigh(mesh: HeadMesh, weights: RigWeights, vertex: number): void {
  const x = mesh.rest[vertex * 3];
  const y = mesh.rest[vertex * 3 + 1];
  const z = mesh.rest[vertex * 3 + 2];
  const angle = mesh.angle[vertex];
  const place = mesh.lipPlace[vertex];
  const distance = mesh.mouthDistance[vertex];
  const depth = Math.max(0, -place);
  const upper = Math.sin(angle) > 0;
  const profile = openingProfile(angle);
  const inside = depth > 0;
  // At the slit the jaw's share follows the opening's outline; farther out it settles to "above" and "below".
  const settle = smoothstep(0, 3.2, distance);
  const side = mix(profile, smoothstep(0, 0.75, Math.abs(Math.sin(angle))), settle);
  const share = 0.5 - 0.5 * (upper ? side : -side);
  weights.jaw[vertex] = share * smoothstep(-4.5, 1.5, z);
  const fade = inside ? Math.exp(-depth / 0.9) : 1;
  weights.upperLip[vertex] = upper ? profile * bell(distance, 1.25) * fade : 0;
  weights.lowerLip[vertex] = upper ? 0 : profile * bell(distance, 1.2) * fade;
  const along = Math.min(1, Math.abs(x) / (mesh.mouthHalfWidth * 0.93));
  weights.corner[vertex] = Math.sign(x) * along * bell(distance, 2.4) * (inside ? Math.exp(-depth / 1.5) : 1);
  weights.pout[vertex] =
    bell(distance, 1.15) * (1 - 0.45 * along * along) * (inside ? Math.exp(-depth / 0.8) : 1);
  weights.press[vertex] = inside ? 0 : bell(place - 1, 0.75) * (upper ? -1 : 1) * Math.abs(Math.sin(angle));
  weights.tuck[vertex] = upper ? 0 : bell(distance, 0.75) * profile * fade;
  weights.brow[vertex] = bell(Math.abs(x) - 2.4, 2.1) * bell(y - 2.4, 1.25) * smoothstep(3, 6, z);
  weights.cheek[vertex] = bell(Math.abs(x) - 3.9, 1.5) * bell(y + 4, 1.6) * smoothstep(2, 5, z);
}

/** Turns a point about the jaw's axis; `radians` positive opens the mouth. Writes y and z. */
export function turnJaw(y: number, z: number, radians: number): [y: number, z: number] {
  const { jawAxis } = anatomy;
  const dy = y - jawAxis.y;
  const dz = z - jawAxis.z;
  const [c, s] = [Math.cos(radians), Math.sin(radians)];
  return [jawAxis.y + dy * c - dz * s, jawAxis.z + dz * c + dy * s];
}

/** Angle that drops the lower front teeth by `jawCm`. */
export function jawRadians(jawCm: number): number {
  return jawCm / 8.1;
}

/**
 * Moves the head's vertices: `out` gets positions in head space. The opening between the inner lips at the middle
 * of the mouth is exactly `mouth.openingCm` vertically, whatever the jaw does.
 */
export function deformHead(
  mesh: HeadMesh,
  weights: RigWeights,
  face: { readonly mouth: MouthShape; readonly expression: Expression },
  out: Float32Array,
): void {
  const { mouth, expression } = face;
  const radians = jawRadians(mouth.jawCm);
  const lower = mesh.slitRing * mesh.pointsPerRing + Math.round(mesh.pointsPerRing * 0.75);
  const [restY, restZ] = [mesh.rest[lower * 3 + 1], mesh.rest[lower * 3 + 2]];
  const jawGap = restY - turnJaw(restY, restZ, radians * weights.jaw[lower])[0];
  const ownGap = mouth.openingCm - jawGap;
  const raise = ownGap * 0.32 + mouth.protrusion * 0.03;
  const drop = ownGap - raise;
  const cornerX = mouth.spread > 0 ? mouth.spread * 0.48 : mouth.spread * 0.78;
  const smile = expression.smile;
  for (let v = 0; v < mesh.angle.length; v++) {
    const corner = weights.corner[v];
    const away = Math.abs(corner);
    const pout = weights.pout[v];
    const press = weights.press[v] * mouth.press;
    const tuck = weights.tuck[v] * mouth.tuck;
    const cheek = weights.cheek[v] * (Math.max(0, mouth.spread) * 0.35 + smile * 0.5 - mouth.jawCm * 0.08);
    const [y, z] = turnJaw(mesh.rest[v * 3 + 1], mesh.rest[v * 3 + 2], radians * weights.jaw[v]);
    const flesh = weights.upperLip[v] * raise - weights.lowerLip[v] * drop;
    out[v * 3] = mesh.rest[v * 3] + corner * (cornerX + smile * 0.2) + Math.sign(corner) * cheek * 0.1;
    out[v * 3 + 1] =
      y +
      flesh +
      press * 0.16 +
      tuck * 0.1 +
      away * away * (smile * 0.28) +
      weights.brow[v] * expression.brows * 0.42 +
      cheek * 0.25;
    out[v * 3 + 2] =
      z +
      pout * mouth.protrusion * 0.75 -
      Math.abs(press) * 0.1 -
      tuck * 0.38 -
      away * (cornerX + smile * 0.2) * 0.35 +
      cheek * 0.22;
  }
}

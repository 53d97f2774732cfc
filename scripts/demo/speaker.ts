import { bodyParts } from './body-parts.ts';
import type { Part } from './body-parts.ts';
import { growHair } from './hairline.ts';
import { buildHeadMesh } from './head-mesh.ts';
import type { HeadMesh } from './head-mesh.ts';
import type { SpeakerLook } from './look.ts';
import type { Expression, MouthShape } from './mouth-shape.ts';
import { vertexNormals } from './raster.ts';
import { deformHead, jawRadians, rigWeights, turnJaw } from './rig.ts';
import type { RigWeights } from './rig.ts';
import { mix, smoothstep } from './random.ts';
import { anatomy } from './sculpt.ts';
import { paintSkin } from './skin-texture.ts';
import type { SkinTexture } from './skin-texture.ts';

/** A person ready to be posed: geometry, rig and paint. Making one takes a few seconds, posing it milliseconds. */
export interface Speaker {
  readonly look: SpeakerLook;
  readonly head: HeadMesh;
  readonly weights: RigWeights;
  readonly skin: SkinTexture;
  /** Part 0 is the head's sheet. */
  readonly parts: readonly Part[];
}

/** Where the head is: a turn about the neck (radians) and a shift of the whole person (cm). */
export interface BodyPose {
  /** Positive turns the nose to the picture's right. */
  readonly yaw: number;
  /** Positive nods down. */
  readonly pitch: number;
  /** Positive tilts clockwise in the picture. */
  readonly roll: number;
  readonly shift: readonly [number, number, number];
}

/** Everything that moves in one frame. */
export interface FacePose {
  readonly mouth: MouthShape;
  readonly expression: Expression;
  readonly body: BodyPose;
}

/** A posed part in world space. */
export interface PosedPart {
  readonly part: Part;
  readonly world: Float32Array;
  readonly normals: Float32Array;
}

/** Builds and paints a person. `textureSize` of 1,536 suits faces up to about 400 pixels high. */
export function makeSpeaker(look: SpeakerLook, textureSize = 1536): Speaker {
  const head = buildHeadMesh(look.shape);
  const weights = rigWeights(head);
  const skin = paintSkin(head, look, textureSize);
  growHair(head, look);
  const sheet: Part = {
    material: 'head',
    bone: 'head',
    rest: head.rest,
    detail: head.chart,
    openness: head.openness,
    triangles: head.triangles,
  };
  return { look, head, weights, skin, parts: [sheet, ...bodyParts(look)] };
}

/** Rotation of the head as three rows; world = rows · (p − pivot) + pivot + shift. */
export function headRotation(pose: BodyPose): readonly number[] {
  const [cy, sy] = [Math.cos(pose.yaw), Math.sin(pose.yaw)];
  const [cp, sp] = [Math.cos(pose.pitch), Math.sin(pose.pitch)];
  const [cr, sr] = [Math.cos(pose.roll), -Math.sin(pose.roll)];
  // Roll, then pitch, then yaw.
  const rollPitch = [cr, -sr, 0, cp * sr, cp * cr, -sp, sp * sr, sp * cr, cp];
  const row = (a: number, b: number): number[] =>
    [0, 1, 2].map((k) => a * rollPitch[k] + b * rollPitch[6 + k]);
  return [...row(cy, sy), rollPitch[3], rollPitch[4], rollPitch[5], ...row(-sy, cy)];
}

/** Moves points from the resting head to the world, in place. */
export function placeHead(points: Float32Array, pose: BodyPose): void {
  const r = headRotation(pose);
  const { neckPivot } = anatomy;
  for (let i = 0; i < points.length; i += 3) {
    const x = points[i];
    const y = points[i + 1] - neckPivot.y;
    const z = points[i + 2] - neckPivot.z;
    points[i] = r[0] * x + r[1] * y + r[2] * z + pose.shift[0];
    points[i + 1] = r[3] * x + r[4] * y + r[5] * z + pose.shift[1] + neckPivot.y;
    points[i + 2] = r[6] * x + r[7] * y + r[8] * z + pose.shift[2] + neckPivot.z;
  }
}

function poseJawPart(part: Part, mouth: MouthShape, out: Float32Array): void {
  const radians = jawRadians(mouth.jawCm);
  for (let i = 0; i < out.length; i += 3) {
    let y = part.rest[i + 1];
    let z = part.rest[i + 2];
    if (part.material === 'tongue') {
      const forward = smoothstep(4.5, 7.2, z);
      y += mouth.tongue * forward * (0.75 + 0.45 * mouth.jawCm) + 0.25 * mouth.tongue;
      z += mouth.tongue * forward * 0.35 - mouth.protrusion * 0.5;
    }
    const [turnedY, turnedZ] = turnJaw(y, z, radians);
    out[i] = part.rest[i];
    out[i + 1] = turnedY;
    out[i + 2] = turnedZ;
  }
}

function poseNeck(part: Part, pose: BodyPose, out: Float32Array): void {
  const withHead = Float32Array.from(part.rest);
  placeHead(withHead, pose);
  for (let v = 0; v < part.openness.length; v++) {
    const t = smoothstep(0.15, 0.95, part.detail[v * 2 + 1]);
    for (let k = 0; k < 3; k++)
      out[v * 3 + k] = mix(withHead[v * 3 + k], part.rest[v * 3 + k] + pose.shift[k] * 0.6, t);
  }
}

/** All parts of a speaker in one pose, in world space with normals. */
export function poseSpeaker(speaker: Speaker, pose: FacePose): readonly PosedPart[] {
  return speaker.parts.map((part) => {
    const world = new Float32Array(part.rest.length);
    if (part.material === 'head') deformHead(speaker.head, speaker.weights, pose, world);
    else if (part.bone === 'jaw') poseJawPart(part, pose.mouth, world);
    else world.set(part.rest);
    if (part.bone === 'head' || part.bone === 'jaw') placeHead(world, pose.body);
    else if (part.bone === 'neck') poseNeck(part, pose.body, world);
    else for (let i = 0; i < world.length; i++) world[i] += pose.body.shift[i % 3] * 0.6;
    const normals = new Float32Array(world.length);
    vertexNormals(world, part.triangles, normals);
    return { part, world, normals };
  });
}

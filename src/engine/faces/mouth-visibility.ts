import { UsualAppearance } from './face-appearance.ts';
import { lipsOuter } from './mesh-points.ts';
import { TrackReader } from './track-file.ts';
import type { HeadPose } from './types.ts';

/** 1 up to `free`, 0 from `gone`, straight between. */
function fade(value: number, free: number, gone: number): number {
  return Math.min(1, Math.max(0, (gone - value) / (gone - free)));
}

/** Turned farther than this, half of the mouth hides behind the other; degrees. */
const freeYaw = 40;
const goneYaw = 70;
const freePitch = 35;
const gonePitch = 60;
/**
 * In 9,000 frames of real speech without anything before the face, up to a third of the points looked unusual (heads
 * that turn fast), in 99 of 100 under 0.2; a hand at the corner of the mouth gives 0.3, over half of it 0.45, over all of it 0.6 and more.
 */
const freeCover = 0.2;
const goneCover = 0.45;

/** What is known of a mouth without knowing how the face usually looks. */
export interface MouthView {
  readonly mesh: Float32Array;
  readonly presence: number;
  readonly pose: HeadPose;
  /** Size of the picture in pixels. */
  readonly width: number;
  readonly height: number;
}

/** Visibility of a mouth from pose, presence and the picture's edges: the least of the three. */
export function viewOfMouth({ mesh, presence, pose, width, height }: MouthView): number {
  const inside = lipsOuter.filter((point) => {
    const [x, y] = [mesh[point * 3], mesh[point * 3 + 1]];
    return x >= 0 && x < width && y >= 0 && y < height;
  }).length;
  return Math.min(
    fade(Math.abs(pose.yawDegrees), freeYaw, goneYaw),
    fade(Math.abs(pose.pitchDegrees), freePitch, gonePitch),
    fade(1 - presence, 0.1, 0.5),
    fade(1 - inside / lipsOuter.length, 0, 0.5),
  );
}

/**
 * Completes a finished track's mouth visibility: frames whose lower face does not look as it does through most of the
 * track have something before the mouth. Two passes over the track's file; memory does not depend on its length.
 */
export function judgeCovers(path: string, frameCount: number): void {
  const file = new TrackReader(path, 'r+');
  try {
    const usual = new UsualAppearance();
    for (let slot = 0; slot < frameCount; slot += 1) {
      const record = file.read(slot);
      if (record !== null) usual.add(record.appearance);
    }
    for (let slot = 0; slot < frameCount; slot += 1) {
      const record = file.read(slot);
      if (record === null) continue;
      const free = fade(usual.coveredPart(record.appearance), freeCover, goneCover);
      if (free < record.mouthVisibility) file.writeVisibility(slot, free);
    }
  } finally {
    file.close();
  }
}

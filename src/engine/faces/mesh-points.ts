/**
 * Indices of FaceMesh's 468 points by their place on the face (https://arxiv.org/abs/1907.06724; the numbering of
 * MediaPipe's published figure). "Left" and "right" are the picture's, for a face that looks at the camera.
 */

/** Outer edge of the lips, a closed ring: from the picture's left corner (61) over the lower lip and back. */
export const lipsOuter: readonly number[] = [
  61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
];

/** Inner edge of the lips, a closed ring in the same sense: from the left corner (78) over the lower lip. */
export const lipsInner: readonly number[] = [
  78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
];

/**
 * Points that keep still on the skull while a person speaks (eye corners, nose ridge, forehead, temples): what pose
 * and face size are measured on.
 */
export const stablePoints: readonly number[] = [
  33, 133, 362, 263, 168, 6, 197, 195, 10, 151, 9, 8, 127, 356, 70, 300, 108, 337, 21, 251, 54, 284, 162, 389,
];

/** Outline of the face, a closed ring: from the middle of the hairline (10) clockwise in the picture. */
export const faceOval: readonly number[] = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
  150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
];

/** The lower half of the outline, ear to ear: from the picture's right ear (454) over the chin to the left (234). */
export const jawline: readonly number[] = [
  454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234,
];

/** Tip of the chin on the outline. */
export const chinPoint = 152;

/** Lower edge of the nose, from the picture's left nostril wing to the right. */
export const noseBase: readonly number[] = [98, 97, 2, 326, 327];

export const noseTipPoint = 1;
export const noseBridgePoint = 168;

/** Outer eye corners: picture's left, picture's right. Their distance is the unit of face size. */
export const outerEyeCorners: readonly [number, number] = [33, 263];

/** Mouth corners on the outer edge: picture's left, picture's right. */
export const mouthCorners: readonly [number, number] = [61, 291];

import type { WantedOutput } from './convert-graph.ts';

/** The models of the face pack. */
export const facePackModels = ['blazeface', 'facemesh', 'face-descriptor'] as const;
export type FacePackModel = (typeof facePackModels)[number];

/** How pictures enter a model and what it is made from. */
export interface FacePackRecipe {
  /** TensorFlow.js graph inside `@vladmandic/human/models`. */
  readonly source: string;
  /** Pixels a side; the input is `input`, float32 [batch, 3, size, size], planes red, green, blue. */
  readonly size: number;
  /** A colour value of 0 to 255 enters as `value * scale + shift`. */
  readonly scale: number;
  readonly shift: number;
  readonly outputs: readonly WantedOutput[];
  /** Where the weights come from and under which licence. */
  readonly origin: string;
  readonly licence: string;
}

/**
 * Input ranges are those of the original models (MediaPipe's `TensorsToDetections` and `ImageToTensor` settings and
 * the preprocessing in `@vladmandic/human/src/face`).
 */
export const facePackRecipes: Readonly<Record<FacePackModel, FacePackRecipe>> = {
  blazeface: {
    source: 'blazeface.json',
    size: 256,
    scale: 1 / 127.5,
    shift: -1,
    outputs: [
      // 16 x 16 cells of 2 anchors, then 8 x 8 cells of 6, row by row: [batch, 896, 16] and [batch, 896, 1] (logits).
      { name: 'boxes', from: ['Identity_2', 'Identity_3'] },
      { name: 'scores', from: ['Identity', 'Identity_1'] },
    ],
    origin: 'MediaPipe BlazeFace (back camera, 256 px), https://arxiv.org/abs/1907.05047',
    licence: 'Apache-2.0',
  },
  facemesh: {
    source: 'facemesh.json',
    size: 192,
    scale: 1 / 255,
    shift: 0,
    outputs: [
      // [batch, 1404]: 468 points of x, y, z in pixels of the 192-pixel crop. [batch, 1]: logit of "here is a face".
      { name: 'mesh', from: ['Identity_2'] },
      { name: 'presence', from: ['StatefulPartitionedCall/model_1/conv2d_31/BiasAdd'] },
    ],
    origin: 'MediaPipe Face Mesh (468 points), https://arxiv.org/abs/1907.06724',
    licence: 'Apache-2.0',
  },
  'face-descriptor': {
    source: 'faceres.json',
    size: 224,
    scale: 1,
    shift: 0,
    // [batch, 1024], none negative; compare by cosine.
    outputs: [{ name: 'descriptor', from: ['global_pooling/Mean'] }],
    origin: 'HSE FaceRes (MobileNet), https://github.com/HSE-asavchenko/HSE_FaceRec_tf',
    licence: 'Apache-2.0',
  },
};

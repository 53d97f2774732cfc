import { lipOutlineOf, lipOutlineSize } from './lip-outline.ts';
import { alignmentTo, lipShapeOf } from './lip-shape.ts';
import { referenceFace } from './reference-face.ts';
import { lipComponents } from './lip-components.ts';

/**
 * The numbers by which networks know a mouth, in order: the seven of `LipShape` and the first five principal
 * components of the lip outline. All lengths in eye-corner distances, free of pose; z-score them per person.
 */
export const lipFeatureNames = [
  'opening',
  'area',
  'height',
  'width',
  'innerWidth',
  'protrusion',
  'jaw',
  'component1',
  'component2',
  'component3',
  'component4',
  'component5',
] as const;

/** Numbers per mouth. */
export const lipFeatureCount = lipFeatureNames.length;

const shapeCount = lipFeatureCount - lipComponents.length;

/** Measures the mouth of a mesh (468 points, any pose, any size) as `lipFeatureCount` numbers. */
export function lipFeaturesOf(mesh: Float32Array): Float32Array {
  const similarity = alignmentTo(referenceFace, mesh);
  const shape = lipShapeOf(mesh, similarity);
  const outline = lipOutlineOf(mesh, similarity);
  const features = new Float32Array(lipFeatureCount);
  features.set([
    shape.innerOpening,
    shape.innerArea,
    shape.opening,
    shape.width,
    shape.innerWidth,
    shape.protrusion,
    shape.jaw,
  ]);
  lipComponents.forEach((component, k) => {
    let sum = 0;
    for (let i = 0; i < lipOutlineSize; i++) sum += component[i] * outline[i];
    features[shapeCount + k] = sum;
  });
  return features;
}

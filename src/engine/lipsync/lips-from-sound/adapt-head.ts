import { lipFeatureCount as size } from '../../faces/lip-features.ts';
import { correlation } from '../correlation.ts';
import { applyRidge, RidgeMoments, type RidgeModel } from '../unit-selection/ridge.ts';

/** A speaker's frames, as the network hears them and as they look. */
export interface TeachingRows {
  readonly count: number;
  /** Moments of the film, rising. */
  readonly seconds: Float64Array;
  /** Numbers per row of `heard`. */
  readonly inputSize: number;
  /** count × inputSize: lip features as the general network says them, then its hidden features. */
  readonly heard: Float32Array;
  /** count × `lipFeatureCount`: the lips seen, in standard deviations around their mean. */
  readonly seen: Float32Array;
}

/** A linear head on the network: lips in standard deviations of one speaker's own. */
export interface LipHead {
  readonly model: RidgeModel;
  /** Correlation with lips that did not teach, per lip feature, 0 to 1. */
  readonly trust: Float32Array;
  /** 1 for each lip feature that the speaker's own footage improved. */
  readonly isAdapted: Uint8Array;
}

const folds = 5;
/** Frames this close to another fold belong to none: neighbours sound and look alike. */
const halfGapSeconds = 0.25;
const penalties = [0.3, 1, 3, 10, 30];
const shares = [0, 0.25, 0.5, 0.75, 1];
/** Less footage teaches nothing that another slice of it could confirm. */
const leastSeconds = 3.5;
/** Held-out correlation must rise by this, and by more the less footage there is, or chance would choose. */
const leastGain = 0.005;
const gainSeconds = 0.12;

/**
 * Fits a head to a speaker: ridge regression from the network's answers and hidden features to the speaker's lips,
 * mixed with the general answer. Penalty and mixture are chosen by cross-validation over stretches of film with gaps
 * of half a second between them; a lip feature keeps the general answer unless held-out lips are predicted better.
 */
export function adaptHead(rows: TeachingRows): LipHead {
  const general = generalAnswer(rows);
  const span = rows.count > 0 ? rows.seconds[rows.count - 1] - rows.seconds[0] : 0;
  const foldOf = foldsOf(rows);
  const margin = leastGain + gainSeconds / Math.max(span, 1);
  let best: Choice = { ...generalChoice(general), penalty: null };
  if (span >= leastSeconds && Math.min(rows.count, rows.seconds.length) >= 60) {
    const parts = momentsByFold(rows, foldOf);
    for (const penalty of penalties) {
      const heldOut = predictHeldOut(rows, foldOf, parts, penalty);
      const choice = mixtureOf(rows, { general, heldOut, foldOf }, margin);
      if (choice.gain > best.gain) best = { ...choice, penalty };
    }
  }
  const ridge = best.penalty === null ? null : momentsOf(rows, () => true).solve(best.penalty);
  return {
    model: blend(general, ridge, best.shares, rows.inputSize),
    trust: best.trust.map((value) => Math.max(value, 0)),
    isAdapted: Uint8Array.from(best.shares, (share) => (share > 0 ? 1 : 0)),
  };
}

interface Choice {
  readonly penalty: number | null;
  /** Share of the speaker's own head per lip feature. */
  readonly shares: Float32Array;
  readonly trust: Float32Array;
  /** Summed rise in held-out correlation. */
  readonly gain: number;
}

/** The general answer as a line per lip feature: slope and offset bring it to this speaker's lips. */
interface GeneralAnswer {
  readonly slope: Float64Array;
  readonly offset: Float64Array;
  readonly correlation: Float32Array;
}

function generalAnswer(rows: TeachingRows): GeneralAnswer {
  const slope = new Float64Array(size);
  const offset = new Float64Array(size);
  const fit = new Float32Array(size);
  for (let k = 0; k < size; k++) {
    let [x, y, xx, xy, yy] = [0, 0, 0, 0, 0];
    for (let i = 0; i < rows.count; i++) {
      const a = rows.heard[i * rows.inputSize + k];
      const b = rows.seen[i * size + k];
      x += a / rows.count;
      y += b / rows.count;
      xx += (a * a) / rows.count;
      xy += (a * b) / rows.count;
      yy += (b * b) / rows.count;
    }
    const varianceX = Math.max(xx - x * x, 1e-6);
    const covariance = xy - x * y;
    fit[k] = covariance / Math.sqrt(varianceX * Math.max(yy - y * y, 1e-6));
    slope[k] = Math.max(fit[k], 0.1) / Math.sqrt(varianceX);
    offset[k] = y - slope[k] * x;
  }
  return { slope, offset, correlation: fit };
}

function generalChoice(general: GeneralAnswer): Omit<Choice, 'penalty'> {
  return { shares: new Float32Array(size), trust: general.correlation, gain: 0 };
}

/** The fold of each row, -1 for rows in a gap. */
function foldsOf({ count, seconds }: TeachingRows): Int8Array {
  const bounds = Array.from({ length: folds - 1 }, (_, i) => seconds[Math.floor(((i + 1) * count) / folds)]);
  return Int8Array.from({ length: count }, (_, i) => {
    if (bounds.some((bound) => Math.abs(seconds[i] - bound) < halfGapSeconds)) return -1;
    return bounds.filter((bound) => bound <= seconds[i]).length;
  });
}

function momentsOf(rows: TeachingRows, includes: (row: number) => boolean): RidgeMoments {
  const { inputSize } = rows;
  const moments = new RidgeMoments(inputSize, size);
  for (let i = 0; i < rows.count; i++) {
    if (!includes(i)) continue;
    moments.add(
      rows.heard.subarray(i * inputSize, (i + 1) * inputSize),
      rows.seen.subarray(i * size, (i + 1) * size),
    );
  }
  return moments;
}

function momentsByFold(rows: TeachingRows, foldOf: Int8Array): RidgeMoments[] {
  return Array.from({ length: folds }, (_, fold) => momentsOf(rows, (row) => foldOf[row] === fold));
}

/** What heads that were taught by the other folds say about each row. */
function predictHeldOut(
  rows: TeachingRows,
  foldOf: Int8Array,
  parts: readonly RidgeMoments[],
  penalty: number,
): Float32Array {
  const { inputSize } = rows;
  const predicted = new Float32Array(rows.count * size);
  for (let fold = 0; fold < folds; fold++) {
    const others = new RidgeMoments(inputSize, size);
    parts.forEach((part, i) => {
      if (i !== fold) others.merge(part);
    });
    const model = others.solve(penalty);
    for (let i = 0; i < rows.count; i++) {
      if (foldOf[i] !== fold) continue;
      const row = rows.heard.subarray(i * inputSize, (i + 1) * inputSize);
      applyRidge(model, row, predicted.subarray(i * size, (i + 1) * size));
    }
  }
  return predicted;
}

/** The best share of the speaker's own head for each lip feature; none where it gains less than `margin`. */
function mixtureOf(
  rows: TeachingRows,
  said: { readonly general: GeneralAnswer; readonly heldOut: Float32Array; readonly foldOf: Int8Array },
  margin: number,
): Omit<Choice, 'penalty'> {
  const inFold = Array.from(said.foldOf.keys()).filter((row) => said.foldOf[row] >= 0);
  const column = (value: (row: number) => number): Float32Array => Float32Array.from(inFold, value);
  const chosen = new Float32Array(size);
  const trust = said.general.correlation.slice();
  let gain = 0;
  for (let k = 0; k < size; k++) {
    const seen = column((row) => rows.seen[row * size + k]);
    const { slope, offset } = said.general;
    const general = column((row) => slope[k] * rows.heard[row * rows.inputSize + k] + offset[k]);
    const own = column((row) => said.heldOut[row * size + k]);
    const scores = shares.map((share) =>
      correlation(
        general.map((value, i) => (1 - share) * value + share * own[i]),
        seen,
      ),
    );
    const best = scores.indexOf(Math.max(...scores));
    if (scores[best] - scores[0] < margin) continue;
    chosen[k] = shares[best];
    trust[k] = scores[best];
    gain += scores[best] - scores[0];
  }
  return { shares: chosen, trust, gain };
}

/** One linear head out of both. */
function blend(
  general: GeneralAnswer,
  ridge: RidgeModel | null,
  ownShares: Float32Array,
  inputSize: number,
): RidgeModel {
  const weights = new Float64Array(size * inputSize);
  const bias = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    const share = ridge === null ? 0 : ownShares[k];
    bias[k] = (1 - share) * general.offset[k] + share * (ridge?.bias[k] ?? 0);
    for (let i = 0; i < inputSize; i++)
      weights[k * inputSize + i] = share * (ridge?.weights[k * inputSize + i] ?? 0);
    weights[k * inputSize + k] += (1 - share) * general.slope[k];
  }
  return { inputSize, outputSize: size, weights, bias };
}

/** The network as it is, for a speaker whose footage cannot teach: nothing adapted, trust as measured on others. */
export function generalHead(featureCount: number, trust: Float32Array): LipHead {
  const inputSize = size + featureCount;
  const weights = new Float64Array(size * inputSize);
  for (let k = 0; k < size; k++) weights[k * inputSize + k] = 1;
  return {
    model: { inputSize, outputSize: size, weights, bias: new Float64Array(size) },
    trust,
    isAdapted: new Uint8Array(size),
  };
}

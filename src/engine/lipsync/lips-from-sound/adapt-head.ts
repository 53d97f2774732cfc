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
  /** count × inputSize: lip features as the general network says them, then whatever else tells of this speaker. */
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
const penalties = [1, 3, 10, 30];
const shares = [0.25, 0.5, 0.75, 1];
/** Less footage teaches nothing that another slice of it could confirm. */
const leastSeconds = 3.5;
const leastRows = 60;
/** Held-out correlation must rise by this. */
const leastGain = 0.003;

/**
 * Fits a head to a speaker: ridge regression from the network's answers and hidden features to the speaker's lips,
 * mixed with the general answer. Penalty and mixture are chosen by cross-validation over stretches of film with gaps
 * of half a second between them; a lip feature keeps the general answer unless held-out lips are predicted better.
 */
export function adaptHead(rows: TeachingRows): LipHead {
  const general = generalAnswer(rows);
  let whole: RidgeMoments | null = null;
  const choices: Choice[] = Array.from(general.correlation, (r) => ({ penalty: 0, share: 0, heldOut: r }));
  const span = rows.count > 0 ? rows.seconds[rows.count - 1] - rows.seconds[0] : 0;
  if (span >= leastSeconds && rows.count >= leastRows) {
    const foldOf = foldsOf(rows);
    const parts = momentsByFold(rows, foldOf);
    whole = mergedMoments(parts, rows.inputSize);
    startFromGeneral(choices, rows, general, foldOf);
    for (const penalty of penalties) {
      const heldOut = predictHeldOut(rows, foldOf, parts, penalty);
      improveChoices(choices, rows, { general, heldOut, foldOf, penalty });
    }
  }
  return {
    model: blend(whole, rows.inputSize, general, choices),
    trust: Float32Array.from(choices, ({ heldOut }) => Math.max(heldOut, 0)),
    isAdapted: Uint8Array.from(choices, ({ share }) => (share > 0 ? 1 : 0)),
  };
}

/** What was found best for one lip feature. */
interface Choice {
  readonly penalty: number;
  /** Share of the speaker's own head; the rest is the general answer. */
  readonly share: number;
  /** Correlation with held-out lips. */
  readonly heldOut: number;
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

/** The fold of each row, -1 for rows in a gap. */
function foldsOf({ count, seconds }: TeachingRows): Int8Array {
  const bounds = Array.from({ length: folds - 1 }, (_, i) => seconds[Math.floor(((i + 1) * count) / folds)]);
  return Int8Array.from({ length: count }, (_, i) => {
    if (bounds.some((bound) => Math.abs(seconds[i] - bound) < halfGapSeconds)) return -1;
    return bounds.filter((bound) => bound <= seconds[i]).length;
  });
}

/** Sums over the rows of each fold; after them those of the rows in the gaps. */
function momentsByFold(rows: TeachingRows, foldOf: Int8Array): RidgeMoments[] {
  const { inputSize } = rows;
  const parts = Array.from({ length: folds + 1 }, () => new RidgeMoments(inputSize, size));
  for (let i = 0; i < rows.count; i++) {
    parts[foldOf[i] < 0 ? folds : foldOf[i]].add(
      rows.heard.subarray(i * inputSize, (i + 1) * inputSize),
      rows.seen.subarray(i * size, (i + 1) * size),
    );
  }
  return parts;
}

function mergedMoments(parts: readonly RidgeMoments[], inputSize: number): RidgeMoments {
  const merged = new RidgeMoments(inputSize, size);
  for (const part of parts) merged.merge(part);
  return merged;
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
    const others = parts.slice(0, folds).filter((_part, i) => i !== fold);
    const model = mergedMoments(others, inputSize).solve(penalty);
    for (let i = 0; i < rows.count; i++) {
      if (foldOf[i] !== fold) continue;
      const row = rows.heard.subarray(i * inputSize, (i + 1) * inputSize);
      applyRidge(model, row, predicted.subarray(i * size, (i + 1) * size));
    }
  }
  return predicted;
}

interface HeldOut {
  readonly general: GeneralAnswer;
  readonly heldOut: Float32Array;
  readonly foldOf: Int8Array;
  readonly penalty: number;
}

/** Values of one lip feature over the rows that belong to a fold. */
function inFolds(foldOf: Int8Array, value: (row: number) => number): Float32Array {
  const rows = Array.from(foldOf.keys()).filter((row) => foldOf[row] >= 0);
  return Float32Array.from(rows, value);
}

function generalColumn(
  rows: TeachingRows,
  { slope, offset }: GeneralAnswer,
  foldOf: Int8Array,
  k: number,
): Float32Array {
  return inFolds(foldOf, (row) => slope[k] * rows.heard[row * rows.inputSize + k] + offset[k]);
}

/** The general answer must be beaten on the very rows on which the speaker's own is tested. */
function startFromGeneral(
  choices: Choice[],
  rows: TeachingRows,
  general: GeneralAnswer,
  foldOf: Int8Array,
): void {
  choices.forEach((choice, k) => {
    const seen = inFolds(foldOf, (row) => rows.seen[row * size + k]);
    choices[k] = { ...choice, heldOut: correlation(generalColumn(rows, general, foldOf, k), seen) };
  });
}

/** Takes a penalty and a share for each lip feature that they predict better than what was best so far. */
function improveChoices(choices: Choice[], rows: TeachingRows, said: HeldOut): void {
  choices.forEach((_choice, k) => {
    const seen = inFolds(said.foldOf, (row) => rows.seen[row * size + k]);
    const general = generalColumn(rows, said.general, said.foldOf, k);
    const own = inFolds(said.foldOf, (row) => said.heldOut[row * size + k]);
    for (const share of shares) {
      const mixed = general.map((value, i) => (1 - share) * value + share * own[i]);
      const heldOut = correlation(mixed, seen);
      const needed = choices[k].heldOut + (choices[k].share === 0 ? leastGain : 0);
      if (heldOut > needed) choices[k] = { penalty: said.penalty, share, heldOut };
    }
  });
}

/** One linear head out of the general answers and the speaker's own. */
function blend(
  moments: RidgeMoments | null,
  inputSize: number,
  general: GeneralAnswer,
  choices: readonly Choice[],
): RidgeModel {
  const weights = new Float64Array(size * inputSize);
  const bias = new Float64Array(size);
  const ridges = new Map<number, RidgeModel>();
  choices.forEach(({ penalty, share }, k) => {
    weights[k * inputSize + k] = (1 - share) * general.slope[k];
    bias[k] = (1 - share) * general.offset[k];
    if (share === 0 || moments === null) return;
    const ridge = ridges.get(penalty) ?? moments.solve(penalty);
    ridges.set(penalty, ridge);
    bias[k] += share * ridge.bias[k];
    for (let i = 0; i < inputSize; i++)
      weights[k * inputSize + i] += share * ridge.weights[k * inputSize + i];
  });
  return { inputSize, outputSize: size, weights, bias };
}

/** The network as it is, for a speaker whose footage cannot teach: nothing adapted, trust as measured on others. */
export function generalHead(inputSize: number, trust: Float32Array): LipHead {
  const weights = new Float64Array(size * inputSize);
  for (let k = 0; k < size; k++) weights[k * inputSize + k] = 1;
  return {
    model: { inputSize, outputSize: size, weights, bias: new Float64Array(size) },
    trust,
    isAdapted: new Uint8Array(size),
  };
}

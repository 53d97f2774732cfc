/** A library mouth and its share in one frame. */
export interface Donor {
  readonly index: number;
  readonly share: number;
}

/**
 * Turns a path of library mouths into donors per frame: where one run ends and another begins, both are carried on
 * for a frame and mixed (1/3, 2/3), so that nothing jumps. A cut in the film needs no such bridge.
 */
export function donorsAlong(path: Int32Array, followsPrevious: Uint8Array, isCut: Uint8Array): Donor[][] {
  const donors = Array.from(path, (index) => [{ index, share: 1 }]);
  for (let t = 1; t < path.length; t++) {
    const isRun = path[t] === path[t - 1] + 1 && followsPrevious[path[t]] === 1;
    if (isRun || isCut[t] === 1) continue;
    const oldNext = path[t - 1] + 1;
    const newBefore = path[t] - 1;
    if (donors[t].length === 1 && followsPrevious[oldNext] === 1) {
      donors[t] = [
        { index: path[t], share: 2 / 3 },
        { index: oldNext, share: 1 / 3 },
      ];
    }
    if (donors[t - 1].length === 1 && newBefore >= 0 && followsPrevious[path[t]] === 1) {
      donors[t - 1] = [
        { index: path[t - 1], share: 2 / 3 },
        { index: newBefore, share: 1 / 3 },
      ];
    }
  }
  return donors;
}

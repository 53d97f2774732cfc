import { performance } from 'node:perf_hooks';
import type { Patch, VideoFrame } from '../../media/frame.ts';
import type { LipRenderer, LipScene, LipSegment, SegmentOutcome } from '../types.ts';
import { easeColour, fitColour, type ColourPlane } from './colour-match.ts';
import { compositePatch } from './composite.ts';
import { donorsAlong, type Donor } from './donors.ts';
import { lipTargetsOf, type LipTargets } from './lip-targets.ts';
import { destinationMesh, poseDonor } from './mouth-geometry.ts';
import type { MouthCrop } from './mouth-crop.ts';
import { nudgeLips, planNudges } from './nudge-lips.ts';
import { ownShares } from './own-share.ts';
import { readSmoothMesh, shapeSize } from './person-table.ts';
import { frameMiddles, type Speaker } from './prepare-speaker.ts';
import { selectUnits } from './select-units.ts';
import { profileOf, readBandFrames, steadyProfile } from './sound-context.ts';
import { buildWarpField, defaultMaskShape } from './warp-field.ts';

/** Price of leaving a run, and of the lips' leap per squared standard deviation. */
const jumpCost = 0.9;
const leapWeights = [0.5, 0.35, 0.2, 0.2];
/** A head this much further turned than the donor's costs as much as lips one standard deviation off. */
const poseToleranceDegrees = 9;
/** How quickly the light of a run follows new frames. */
const colourEase = 0.35;

interface Plan {
  readonly targets: LipTargets;
  readonly path: Int32Array;
  readonly donors: readonly (readonly Donor[])[];
  /** How far to open each frame's borrowed mouth, in eye-corner distances. */
  readonly nudges: Float32Array;
}

/** What goes into one frame. */
interface FramePlan {
  readonly donors: readonly Donor[];
  readonly nudge: number;
  /** Share of the film's own mouth (`ownShares`). */
  readonly own: number;
}

/** Renders segments of one speaker; see `createUnitSelectionEngine`. */
export class UnitSelectionRenderer implements LipRenderer {
  readonly #scene: LipScene;
  readonly #speaker: Speaker;
  readonly #middles: Float64Array;
  readonly #follows: Uint8Array;
  /** Library shapes scaled so that squared distance is the price of a leap. */
  readonly #leapShapes: Float32Array;

  constructor(scene: LipScene, speaker: Speaker) {
    this.#scene = scene;
    this.#speaker = speaker;
    this.#middles = frameMiddles(scene.source.table);
    const { libraryFrames, libraryShapes, table } = speaker;
    this.#leapShapes = libraryShapes.map((value, i) => value * Math.sqrt(leapWeights[i % shapeSize]));
    this.#follows = Uint8Array.from(libraryFrames, (frame, j) =>
      j > 0 && libraryFrames[j - 1] === frame - 1 && table.trackIds[frame] === table.trackIds[frame - 1]
        ? 1
        : 0,
    );
  }

  async render(request: Parameters<LipRenderer['render']>[0]): Promise<SegmentOutcome> {
    const { segment, frames, emit, onProgress, signal } = request;
    const started = performance.now();
    if (this.#speaker.isStill) return untouched(segment, frames, this.#speaker.notes);
    const { donors, nudges } = this.#plan(segment, signal);
    const owns = ownShares(segment, this.#speaker.table);
    const planned = performance.now();
    const total = segment.endFrame - segment.startFrame;
    let patchedFrames = 0;
    let framesWithoutFace = 0;
    const light = new RunLight();
    for await (const frame of frames) {
      signal.throwIfAborted();
      const at = frame.index - segment.startFrame;
      const own = owns[at];
      const patch =
        own < 1 ? this.#renderFrame(frame, { donors: donors[at], nudge: nudges[at], own }, light) : null;
      if (patch) {
        patchedFrames++;
        await emit(patch);
      } else {
        framesWithoutFace++;
      }
      onProgress({ stage: 'render', doneFrames: frame.index + 1 - segment.startFrame, totalFrames: total });
    }
    return {
      patchedFrames,
      framesWithoutFace,
      notes: this.#speaker.notes,
      stageMs: { choose: planned - started, render: performance.now() - planned },
    };
  }

  close(): Promise<void> {
    this.#speaker.library.close();
    return Promise.resolve();
  }

  /**
   * The opening that the voice asks for and that of the mouths chosen, frame by frame, in standard deviations: what a
   * segment will do, without rendering it.
   */
  explain(segment: LipSegment): { readonly wanted: Float32Array; readonly chosen: Float32Array } {
    const { targets, path } = this.#plan(segment, new AbortController().signal);
    const { libraryShapes } = this.#speaker;
    return {
      wanted: Float32Array.from(path, (_index, t) => targets.shapes[t * shapeSize]),
      chosen: Float32Array.from(path, (index) => libraryShapes[index * shapeSize]),
    };
  }

  /** What the voice asks for and which mouths answer, for every frame of a segment. */
  #plan(segment: LipSegment, signal: AbortSignal): Plan {
    const { predictor, rest, filmProfile } = this.#speaker;
    const sound = readBandFrames(segment.voice, signal);
    const profile = steadyProfile(profileOf(sound), filmProfile);
    const { ticks, timeBase } = this.#scene.source.table;
    const startSeconds = (ticks[segment.startFrame] * timeBase.num) / timeBase.den;
    const seconds = this.#middles
      .slice(segment.startFrame, segment.endFrame)
      .map((middle) => middle - startSeconds);
    const targets = lipTargetsOf(predictor, { sound, profile }, seconds, rest);
    const isCut = this.#cuts(segment);
    const path = selectUnits({
      targetCount: seconds.length,
      libraryCount: this.#speaker.libraryFrames.length,
      fillTargetCosts: this.#costsOf(segment, targets),
      followsPrevious: this.#follows,
      shapes: this.#leapShapes,
      shapeSize,
      jumpCost,
      isCut,
    });
    const donors = donorsAlong(path, this.#follows, isCut);
    return { targets, path, donors, nudges: this.#nudgesFor(targets, donors) };
  }

  #nudgesFor(targets: LipTargets, donors: readonly (readonly Donor[])[]): Float32Array {
    const { libraryShapes, scale } = this.#speaker;
    const openingOf = (z: number): number => scale.mean[0] + scale.deviation[0] * z;
    const wanted = Float32Array.from(donors, (_donors, t) => openingOf(targets.shapes[t * shapeSize]));
    const borrowed = Float32Array.from(donors, (frame) =>
      frame.reduce((sum, { index, share }) => sum + share * openingOf(libraryShapes[index * shapeSize]), 0),
    );
    return planNudges(wanted, borrowed);
  }

  #cuts(segment: LipSegment): Uint8Array {
    const isCut = new Uint8Array(segment.endFrame - segment.startFrame);
    for (const shot of this.#scene.faces.index.shots) {
      const at = shot.startFrame - segment.startFrame;
      if (at > 0 && at < isCut.length) isCut[at] = 1;
    }
    return isCut;
  }

  #costsOf(segment: LipSegment, targets: LipTargets): (target: number, out: Float32Array) => void {
    const { table, libraryFrames, libraryShapes } = this.#speaker;
    const { weights, shapes } = targets;
    // What does not change from target to target is worked out once.
    const fixed = Float32Array.from(libraryFrames, (frame) => 1.5 * (1 - table.visibility[frame]));
    const yaw = Float32Array.from(libraryFrames, (frame) => table.poses[2 * frame]);
    const pitch = Float32Array.from(libraryFrames, (frame) => table.poses[2 * frame + 1]);
    return (target, out) => {
      const frame = segment.startFrame + target;
      const isSeen = table.trackIds[frame] >= 0;
      const restShare = targets.resting[target] === 1 ? 2 : 1;
      for (let j = 0; j < out.length; j++) {
        let cost = fixed[j];
        for (let k = 0; k < shapeSize; k++) {
          const difference = shapes[target * shapeSize + k] - libraryShapes[j * shapeSize + k];
          cost += restShare * weights[k] * difference * difference;
        }
        if (isSeen) {
          const dy = (yaw[j] - table.poses[2 * frame]) / poseToleranceDegrees;
          const dp = (pitch[j] - table.poses[2 * frame + 1]) / poseToleranceDegrees;
          cost += 0.4 * (dy * dy + dp * dp);
        }
        out[j] = cost;
      }
    };
  }

  #renderFrame(frame: VideoFrame, { donors, nudge, own }: FramePlan, light: RunLight): Patch | null {
    const { library, table } = this.#speaker;
    const targetMesh = readSmoothMesh(this.#scene.faces, table, frame.index);
    if (!targetMesh) return null;
    const mouths = donors.map(({ index, share }) => ({ ...library.read(index), share: share * (1 - own) }));
    if (own > 0) mouths.push({ mesh: targetMesh, crop: wholeFrame(frame), share: own });
    mouths.sort((a, b) => b.share - a.share);
    const posed = mouths.map(({ mesh, share }) => ({ mesh: poseDonor(mesh, targetMesh), share }));
    const destination = destinationMesh(targetMesh, posed);
    nudgeLips(destination, nudge * (1 - own));
    const field = buildWarpField({
      frame,
      format: frame.format,
      targetMesh,
      destination,
      donorMeshes: mouths.map((mouth) => mouth.mesh),
      shape: defaultMaskShape,
    });
    if (!field) return null;
    const colours = light.follow(fitColour(frame, mouths, field), donors[0].index);
    return compositePatch(frame, mouths, field, colours);
  }
}

/** The outcome of a segment whose frames are left as they are; reads them, as every renderer does. */
async function untouched(
  segment: LipSegment,
  frames: AsyncIterable<VideoFrame>,
  notes: readonly string[],
): Promise<SegmentOutcome> {
  for await (const frame of frames) if (frame.index >= segment.endFrame) break;
  return { patchedFrames: 0, framesWithoutFace: 0, notes, stageMs: {} };
}

function wholeFrame(frame: VideoFrame): MouthCrop {
  return { box: { x: 0, y: 0, width: frame.width, height: frame.height }, planes: frame.planes };
}

/** Keeps the colour match steady inside a run and lets it change where another run begins. */
class RunLight {
  #previous: { readonly colours: readonly ColourPlane[]; readonly index: number } | null = null;

  follow(colours: readonly ColourPlane[], index: number): readonly ColourPlane[] {
    const isRun = this.#previous !== null && index === this.#previous.index + 1;
    const eased = this.#previous && isRun ? easeColour(this.#previous.colours, colours, colourEase) : colours;
    this.#previous = { colours: eased, index };
    return eased;
  }
}

import type { TakeSync } from '../../core/takes/take-sync.ts';
import type { Rational } from '../../core/time/rational.ts';
import type { FaceIndex } from '../faces/types.ts';
import type { ScoredOutcome, StageProgress } from '../lipsync/types.ts';
import type { MediaInfo } from '../media/types.ts';
import type { SpeakerActivity } from '../sync/speaker-activity.ts';
import type { SyncNetFaceScore } from '../sync/syncnet/types.ts';
import type { SecondScore, SyncScore } from '../sync/types.ts';

/**
 * The tasks of the engine process, by name. Everything here is plain data that can cross a process border: pixels
 * and samples never do, files do. `EngineClient` (client.ts) calls them; `serve.ts` answers them.
 */
export interface EngineTasks {
  /** Reads a file's streams and its frame grid. */
  readonly probe: { readonly input: { readonly path: string }; readonly output: ProbeResult };
  /** Finds every face in every frame; result cached in `cacheFolder` under the source's content hash. */
  readonly analyse: {
    readonly input: {
      readonly sourcePath: string;
      readonly cacheFolder: string;
      /** Spares reading the whole file where it is known. */
      readonly sourceSha256?: string;
    };
    readonly output: AnalyseResult;
  };
  /** Decodes one sound stream to a file of 16 kHz mono float32 samples, on the clock of the file's own start. */
  readonly decodeSound: {
    readonly input: { readonly path: string; readonly streamIndex: number | null; readonly outPath: string };
    readonly output: { readonly sampleCount: number; readonly sampleRateHz: number; readonly sha256: string };
  };
  /** Renders segments in the order given, one pass over the film where they lie close; reports each take as it ends. */
  readonly renderTakes: {
    readonly input: RenderTakesInput;
    readonly output: {
      readonly takes: readonly RenderedTake[];
      /** Execution provider that ran the model; left out by an engine without one. */
      readonly provider?: string;
    };
  };
  /** Scores finished takes by the lips they keep, without rendering. */
  readonly scoreTakes: {
    readonly input: ScoreTakesInput;
    /** Takes that do not tell their lips are left out; all, with a warning, where the expert's models are missing. */
    readonly output: { readonly scores: readonly { readonly takeKey: string; readonly sync: TakeSync }[] };
  };
  /** Says for every face how well its lips fit a sound, and who speaks when. */
  readonly scoreSync: { readonly input: ScoreSyncInput; readonly output: ScoreSyncResult };
  /** Says who speaks when in a film, told from its own sound; kept in `cacheFolder`. */
  readonly filmSync: {
    readonly input: FilmFiles;
    /** Null for a silent film, and with a warning where the expert's models are missing. */
    readonly output: { readonly activity: SpeakerActivity | null };
  };
  /** Lays takes over the film, adds the sound and writes the finished file. */
  readonly exportFilm: { readonly input: ExportFilmInput; readonly output: ExportFilmResult };
  /** Key of an engine's pixels: version, parameters, model hash. */
  readonly describeEngine: {
    readonly input: { readonly engine: EngineChoice };
    readonly output: {
      readonly fingerprint: string;
      readonly modelLicence: string | null;
      /** Name of the sync expert that scores takes here; null without one. */
      readonly expert: string | null;
    };
  };
  /** Measures the execution providers of this machine. */
  readonly providers: {
    readonly input: { readonly refresh: boolean; readonly cacheFolder: string };
    readonly output: ProvidersReport;
  };
  /** Which tools and models are used, with what is wrong with them. */
  readonly doctor: { readonly input: { readonly cacheFolder: string }; readonly output: DoctorReport };
  /** Resident memory of the engine process, for the report. */
  readonly memory: {
    readonly input: Record<string, never>;
    readonly output: { readonly peakBytes: number; readonly presentBytes: number };
  };
}

export type EngineTaskName = keyof EngineTasks;

/** Sent while a task runs. */
export type EngineEvent =
  | { readonly kind: 'progress'; readonly progress: StageProgress }
  | { readonly kind: 'take'; readonly take: RenderedTake }
  | { readonly kind: 'warning'; readonly text: string };

export interface ProbeResult {
  readonly info: MediaInfo;
  /** Null when the file has no picture stream. */
  readonly grid: {
    readonly frameCount: number;
    readonly timeBase: Rational;
    /** Presentation ticks, frameCount + 1 entries, relative to the container's start. */
    readonly ticks: readonly number[];
    readonly isVariableRate: boolean;
  } | null;
  /** SHA-256 of the file's bytes. */
  readonly sha256: string;
}

export interface AnalyseResult {
  readonly faces: FaceIndex;
  /** Folder from which `openFaceStore` reads the meshes again. */
  readonly facesFolder: string;
  readonly fromCache: boolean;
  readonly elapsedMs: number;
  /** Execution provider that ran the models; left out when nothing had to be run. */
  readonly provider?: string;
}

/** Which engine, with what. */
export interface EngineChoice {
  readonly id: 'unit-selection' | 'generator';
  /** ONNX file for the generator; null for unit selection. */
  readonly modelPath: string | null;
}

/** One take to make. */
export interface TakeJob {
  readonly segmentId: string;
  readonly startFrame: number;
  /** exclusive */
  readonly endFrame: number;
  readonly personId: number;
  /** 16 kHz mono float32 file of the whole voice, and the stretch of it that belongs to this segment. */
  readonly voicePcmPath: string;
  /** Negative where the voice begins inside the segment: silence until sample 0. */
  readonly voiceStartSample: number;
  /** May reach beyond the voice's end: silence there. */
  readonly voiceSampleCount: number;
  /** The frame before (after) keeps the film's own mouth: the take passes over from (to) it. */
  readonly fadeIn: boolean;
  readonly fadeOut: boolean;
  /** Finished takes appear here, complete or not at all. */
  readonly takePath: string;
  /** Everything the pixels depend on, folded into one string; written into the take. */
  readonly takeKey: string;
}

export interface RenderTakesInput extends FilmFiles {
  readonly engine: EngineChoice;
  readonly jobs: readonly TakeJob[];
}

export interface RenderedTake {
  readonly segmentId: string;
  readonly takePath: string;
  readonly elapsedMs: number;
  readonly outcome: ScoredOutcome;
}

/** An analysed film. */
export interface FilmFiles {
  readonly sourcePath: string;
  readonly facesFolder: string;
  readonly cacheFolder: string;
  /** The film's own sound as decoded by `decodeSound`; null for a silent film. */
  readonly originalPcmPath: string | null;
}

export interface ScoreTakesInput extends FilmFiles {
  readonly takes: readonly Pick<
    TakeJob,
    'takeKey' | 'takePath' | 'personId' | 'voicePcmPath' | 'voiceStartSample'
  >[];
}

export interface ScoreSyncInput {
  readonly sourcePath: string;
  readonly facesFolder: string;
  /** The sound as decoded by `decodeSound`: the film's own or another. */
  readonly pcmPath: string;
  /** When its sample 0 sounds, milliseconds from the film's start. */
  readonly soundStartMs: number;
  /** For a second opinion from SyncNet; null for none. */
  readonly syncNet: SyncNetInput | null;
}

/** SyncNet's two networks as ONNX files that the user brings. */
export interface SyncNetInput {
  readonly facePath: string;
  readonly soundPath: string;
  /** Only this person; null for everybody. */
  readonly personId: number | null;
  /** For files that are removed in the end. */
  readonly scratchFolder: string;
}

/** A score with its mean distances per offset (none where nothing was compared) and seconds. */
export interface PlainLipsScore extends SyncScore {
  readonly curve: readonly number[];
  readonly seconds: readonly SecondScore[];
}

export interface ScoreSyncResult {
  /** Names the expert's networks. */
  readonly expert: string;
  /** Most seen first. */
  readonly people: readonly { readonly personId: number; readonly score: PlainLipsScore }[];
  readonly tracks: readonly { readonly trackId: number; readonly score: PlainLipsScore }[];
  readonly activity: SpeakerActivity;
  readonly elapsedMs: number;
  /** SyncNet's opinion in order of time; null where it was not asked. */
  readonly syncNet: readonly SyncNetFaceScore[] | null;
}

export type ExportCodec = 'h264' | 'hevc' | 'prores' | 'ffv1';

export interface ExportFilmInput {
  readonly sourcePath: string;
  /** Takes to lay over the film, each covering its own frames; they do not overlap. */
  readonly takes: readonly {
    readonly takePath: string;
    readonly startFrame: number;
    readonly endFrame: number;
  }[];
  readonly outPath: string;
  readonly codec: ExportCodec;
  readonly overwrite: boolean;
  /** Null keeps the film's own sound. */
  readonly voice: {
    readonly path: string;
    readonly streamIndex: number | null;
    /** Where the voice's first sample sounds, in milliseconds from the film's start. */
    readonly startMs: number;
  } | null;
  /** Level of the original sound under the voice, dB (-18); null leaves it out. */
  readonly originalUnderDb: number | null;
  /** A voice longer than the film: cut it, or hold the film's last frame until it ends. */
  readonly extend: 'cut' | 'hold';
  /** What the label in the file and the sidecar say about synthetic frames. */
  readonly provenance: Provenance;
}

/** Which frames are synthetic and how they came to be; written into the file's metadata and the sidecar. */
export interface Provenance {
  readonly generator: string;
  readonly engine: string;
  readonly engineFingerprint: string;
  readonly sourceName: string;
  readonly sourceSha256: string;
  readonly voiceName: string;
  readonly voiceSha256: string;
  /** [startFrame, endFrame) of every stretch with changed pixels. */
  readonly syntheticRanges: readonly (readonly [number, number])[];
}

export interface ExportFilmResult {
  readonly outPath: string;
  readonly sidecarPath: string;
  readonly frameCount: number;
  readonly patchedFrames: number;
  readonly elapsedMs: number;
  readonly warnings: readonly string[];
}

export interface ProviderMeasurement {
  readonly provider: string;
  readonly available: boolean;
  /** Median milliseconds of one run of each face-pack model, by model name. */
  readonly medianMs: Readonly<Record<string, number>>;
  /** Largest absolute difference from the CPU's answer, by model name. */
  readonly maxDifference: Readonly<Record<string, number>>;
  readonly agreesWithCpu: boolean;
  /** Why it is not available, or what stands out. */
  readonly note: string;
}

export interface ProvidersReport {
  readonly measurements: readonly ProviderMeasurement[];
  /** Which provider serves what: `faces`, `generator`. */
  readonly chosen: Readonly<Record<string, string>>;
}

export interface DoctorReport {
  readonly checks: readonly {
    readonly name: string;
    readonly state: 'ok' | 'warning' | 'error';
    readonly finding: string;
    readonly remedy: string | null;
  }[];
}

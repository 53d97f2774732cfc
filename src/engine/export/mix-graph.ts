import type { AudioStreamInfo } from '../media/types.ts';
import type { SoundFormat } from './sound-format.ts';
import { toSoundFormat } from './sound-format.ts';

/** Length of the fades between the film's own sound and the voice. */
const fadeSeconds = 0.02;

/** Who sounds when; sample counts at the rate of `format`. */
export interface MixPlan {
  readonly format: SoundFormat;
  /** Length of the result. */
  readonly totalSamples: number;
  readonly voice: {
    /** ffmpeg's input number. */
    readonly input: number;
    readonly stream: AudioStreamInfo;
    /** Where the voice's first sample sounds; negative when its beginning is cut off. */
    readonly startSample: number;
    readonly sampleCount: number;
  };
  /** The film's own sound, null for a silent film. */
  readonly film: { readonly input: number; readonly stream: AudioStreamInfo } | null;
  /** Level of the film's sound while the voice speaks, dB; null for none. */
  readonly underDb: number | null;
}

/**
 * The filter graph of a dub, ending in `[dub]`: before the voice begins and after it ends the film sounds as it was,
 * in between the voice, with the film under it when wanted.
 *
 * The parts are added up by `amerge` and `pan`: `amix` scales its inputs by their number, and by another number as
 * soon as one of them ends, and the option that turns this off is missing in old versions.
 */
export function mixGraph(plan: MixPlan): string {
  const parts = [voiceBus(plan), ...filmBuses(plan)];
  const buses = parts.map((_, i) => `[bus${i}]`);
  const exact = exactLength(plan.totalSamples);
  const chains = parts.map((part, i) => `${part},${exact}${buses[i]}`);
  if (plan.film !== null) chains.unshift(splitFilm(plan.film, plan.format, parts.length - 1));
  return [...chains, `${buses.join('')}${sum(parts.length, plan.format)}[dub]`].join(';');
}

/** Silence at the end or a cut: every bus is as long as the result, to the sample. */
function exactLength(samples: number): string {
  return `apad=whole_len=${samples},atrim=end_sample=${samples}`;
}

function voiceBus({ voice, format }: MixPlan): string {
  const { input, stream, startSample } = voice;
  const source = `[${input}:${stream.streamIndex}]${toSoundFormat(stream, format)}`;
  if (startSample === 0) return `${source},asetpts=N`;
  if (startSample < 0) return `${source},atrim=start_sample=${-startSample},asetpts=N`;
  // `adelay` would keep the whole delay in memory.
  const { sampleRateHz, layout } = format;
  const silence = `anullsrc=r=${sampleRateHz}:cl=${layout},atrim=end_sample=${startSample}`;
  const same = `aformat=sample_fmts=fltp:sample_rates=${sampleRateHz}:channel_layouts=${layout}`;
  return `${source}[voice];${silence},${same}[wait];[wait][voice]concat=n=2:v=0:a=1`;
}

interface FilmBus {
  readonly isNeeded: boolean;
  readonly filters: readonly string[];
}

/** The film's sound before, under and after the voice; fades overlap so that their sum is constant. */
function filmBusFilters(plan: MixPlan): FilmBus[] {
  const { voice, totalSamples, underDb, format } = plan;
  const from = Math.max(0, voice.startSample);
  const to = Math.max(from, voice.startSample + voice.sampleCount);
  const fade = Math.round(fadeSeconds * format.sampleRateHz);
  const lead = Math.min(fade, from);
  const fadeAt = (type: 'in' | 'out', start: number, length: number) =>
    length > 0 ? [`afade=t=${type}:ss=${start}:ns=${length}`] : [];
  const before = fadeAt('out', from - lead, lead);
  const after = fadeAt('in', to, fade);
  const under = [...fadeAt('in', from - lead, lead), ...(to < totalSamples ? fadeAt('out', to, fade) : [])];
  return [
    { isNeeded: from > 0, filters: before },
    { isNeeded: underDb !== null, filters: [...under, `volume=${underDb ?? 0}dB:precision=float`] },
    { isNeeded: to < totalSamples, filters: after },
  ];
}

function filmBuses(plan: MixPlan): string[] {
  if (plan.film === null) return [];
  return filmBusFilters(plan)
    .filter((bus) => bus.isNeeded)
    .map((bus, i) => `[film${i}]${bus.filters.join(',')}`);
}

function splitFilm(film: NonNullable<MixPlan['film']>, format: SoundFormat, copies: number): string {
  const source = `[${film.input}:${film.stream.streamIndex}]${toSoundFormat(film.stream, format)}`;
  if (copies === 0) return `${source},anullsink`;
  const labels = Array.from({ length: copies }, (_, i) => `[film${i}]`).join('');
  return `${source},asplit=${copies}${labels}`;
}

function sum(busCount: number, { layout, channelCount }: SoundFormat): string {
  if (busCount === 1) return 'anull';
  const channels = Array.from({ length: channelCount }, (_, channel) => {
    const terms = Array.from({ length: busCount }, (_, bus) => `c${bus * channelCount + channel}`);
    return `c${channel}=${terms.join('+')}`;
  });
  return `amerge=inputs=${busCount},pan=${layout}|${channels.join('|')}`;
}

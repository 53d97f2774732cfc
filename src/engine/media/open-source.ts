import { stat } from 'node:fs/promises';
import { DubwrightError } from '../../contract/errors.ts';
import { rational, type Rational } from '../../core/time/rational.ts';
import { readDecodedStamps } from './decoded-stamps.ts';
import { readPacketStamps, type PacketStamp } from './packet-stamps.ts';
import { buildTable } from './presentation-table.ts';
import { probeMedia } from './probe.ts';
import type { MediaInfo, PresentationTable, SourceVideo, VideoStreamInfo } from './types.ts';

/** Containers whose index tells the truth about presentation times. */
const indexedContainers = ['mov', 'mp4', 'matroska', 'webm', 'mpegts'];
/** Codecs that show exactly one picture per packet. (VP8, for one, has packets that show nothing.) */
const onePicturePerPacket = ['h264', 'hevc', 'prores', 'vp9', 'av1', 'mpeg4', 'ffv1', 'dnxhd', 'mjpeg'];
const headFrames = 24;
const tailFrames = 12;
const tailSeconds = 1.5;

const recentlyOpened = new Map<string, SourceVideo>();
const recentLimit = 4;

/**
 * Probes a film and builds its frame grid. The answers for the last few files are kept as long as size and
 * modification time stay the same, because every stage of a job opens the film anew.
 * @throws DubwrightError as `probeMedia`, and MEDIA_NO_VIDEO, MEDIA_NO_FRAMES
 */
export async function openSource(path: string, signal?: AbortSignal): Promise<SourceVideo> {
  const key = await stat(path, { bigint: true }).then(
    (stats) => `${path}|${stats.size}|${stats.mtimeNs}|${stats.ino}`,
    () => null,
  );
  const known = key === null ? undefined : recentlyOpened.get(key);
  if (known !== undefined) return known;
  const source = await readSource(path, signal);
  if (key !== null) recentlyOpened.set(key, source);
  for (const old of [...recentlyOpened.keys()].slice(0, -recentLimit)) recentlyOpened.delete(old);
  return source;
}

async function readSource(path: string, signal: AbortSignal | undefined): Promise<SourceVideo> {
  const info = await probeMedia(path, signal);
  const table = await readPresentationTable(info, signal);
  if (info.video === null) throw new DubwrightError('MEDIA_NO_VIDEO', { path: info.path });
  const video = { ...info.video, frameRate: measuredRate(table, info.video.frameRate) };
  return { info: { ...info, video }, video, table };
}

/**
 * When each frame of a film is shown; exactly the frames that decoding yields. Read from the container's packets
 * where these can be trusted, which a decoding of the first and last few frames confirms; otherwise by decoding it all.
 * @throws DubwrightError MEDIA_NO_VIDEO, MEDIA_NO_FRAMES, MEDIA_UNREADABLE (a decoder hangs), CANCELLED
 */
export async function readPresentationTable(
  info: MediaInfo,
  signal?: AbortSignal,
): Promise<PresentationTable> {
  const { video } = info;
  if (video === null) throw new DubwrightError('MEDIA_NO_VIDEO', { path: info.path });
  const packets = await readPacketStamps(info.path, video.streamIndex, signal);
  const shown = packets.filter((packet) => !packet.isDiscarded);
  const fromPackets = trustworthyStamps(info, video, packets);
  const isConfirmed = fromPackets !== null && (await confirmEnds(info, video, fromPackets, signal));
  const stamps = isConfirmed
    ? fromPackets
    : await readDecodedStamps({ path: info.path, streamIndex: video.streamIndex, signal });
  if (stamps.length === 0) throw new DubwrightError('MEDIA_NO_FRAMES', { path: info.path });
  const last = stamps.at(-1);
  return buildTable({
    stamps,
    timeBase: video.timeBase,
    startTicks: startTicks(info, video.timeBase),
    lastDuration: shown.find((packet) => packet.pts === last)?.duration ?? null,
  });
}

/** The container's start in ticks of a stream: what separates the file's own stamps from the table's. */
export function startTicks(info: MediaInfo, timeBase: Rational): number {
  return Math.round((info.startSeconds * timeBase.den) / timeBase.num);
}

/** Presentation times straight from the packets, or null when there is any reason to doubt them. */
function trustworthyStamps(
  info: MediaInfo,
  video: VideoStreamInfo,
  packets: readonly PacketStamp[],
): number[] | null {
  const containers = info.formatName.split(',');
  if (!containers.some((name) => indexedContainers.includes(name))) return null;
  if (!onePicturePerPacket.includes(video.codec)) return null;
  const firstShown = packets.findIndex((packet) => !packet.isDiscarded);
  const lastShown = packets.findLastIndex((packet) => !packet.isDiscarded);
  const shown = packets.slice(firstShown, lastShown + 1);
  if (firstShown < 0 || !packets[0].isKey) return null;
  if (shown.some((packet) => packet.pts === null || packet.isDiscarded || packet.isCorrupt)) return null;
  const isInOrder = shown.every((packet, i) => i === 0 || (packet.dts ?? 0) >= (shown[i - 1].dts ?? 0));
  if (!isInOrder) return null;
  const stamps = shown.map((packet) => packet.pts ?? 0).sort((a, b) => a - b);
  return stamps.every((stamp, i) => i === 0 || stamp > stamps[i - 1]) ? stamps : null;
}

/**
 * Decodes the first and the last frames and compares. Pictures get lost at the ends: leading pictures of an open
 * group that lack their references, and what a cut-off file has no bytes for.
 */
async function confirmEnds(
  info: MediaInfo,
  video: VideoStreamInfo,
  stamps: readonly number[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { path } = info;
  const { streamIndex, timeBase } = video;
  const head = await readDecodedStamps({ path, streamIndex, maxFrames: headFrames, signal });
  if (!head.every((stamp, i) => stamp === stamps[i])) return false;
  if (head.length !== Math.min(headFrames, stamps.length)) return false;
  if (stamps.length <= headFrames) return true;
  const tail = stamps.slice(-tailFrames);
  const tailStart = (tail[0] * timeBase.num) / timeBase.den;
  const decoded = await readDecodedStamps({
    path,
    streamIndex,
    signal,
    ...(tailStart > tailSeconds && { seekSeconds: tailStart - tailSeconds }),
  });
  const end = decoded.slice(-tail.length);
  return end.length === tail.length && end.every((stamp, i) => stamp === tail[i]);
}

/** The exact mean rate of a constant-rate film, where the container's own figure is not already that. */
function measuredRate(table: PresentationTable, stated: Rational): Rational {
  const span = table.ticks[table.frameCount - 1] - table.ticks[0];
  if (table.frameCount < 2 || span <= 0) return stated;
  const { num, den } = table.timeBase;
  const mean = ((table.frameCount - 1) * den) / (span * num);
  // Rounding to ticks moves the ends by at most one tick each.
  const isStatedExact = Math.abs(mean / (stated.num / stated.den) - 1) <= 2 / span;
  if (isStatedExact && !table.isVariableRate) return stated;
  return rational((table.frameCount - 1) * den, span * num);
}

import { DubwrightError } from '../../contract/errors.ts';
import { runFfprobe } from './run-ffprobe.ts';

/** One compressed picture as the container lists it; ticks of the stream's time base, null where not given. */
export interface PacketStamp {
  readonly pts: number | null;
  readonly dts: number | null;
  readonly duration: number | null;
  readonly isKey: boolean;
  /** The container (an edit list) says that this picture is decoded but not shown. */
  readonly isDiscarded: boolean;
  readonly isCorrupt: boolean;
}

/** A file in which ffprobe finds nothing for so long has sent it round in circles. */
const silenceLimitMs = 45_000;

/**
 * Lists a stream's packets in file order without decoding anything. A damaged file gives the packets up to the damage.
 * @throws DubwrightError MEDIA_UNREADABLE when ffprobe gets stuck, CANCELLED, FFMPEG_MISSING
 */
export async function readPacketStamps(
  path: string,
  streamIndex: number,
  signal?: AbortSignal,
): Promise<PacketStamp[]> {
  const packets: PacketStamp[] = [];
  const options = ['-select_streams', String(streamIndex), '-of', 'compact=p=0'];
  const entries = ['-show_entries', 'packet=pts,dts,duration,flags'];
  const result = await runFfprobe(
    { path, options: [...options, ...entries], silenceLimitMs, signal },
    (line) => {
      const packet = parsePacketLine(line);
      if (packet !== null) packets.push(packet);
    },
  );
  if (result.isTimedOut) throw new DubwrightError('MEDIA_UNREADABLE', { path, reason: 'no end of packets' });
  return packets;
}

/** Reads "pts=1024|dts=0|duration=512|flags=K__"; null for any other line. */
export function parsePacketLine(line: string): PacketStamp | null {
  const fields = new Map<string, string>();
  for (const part of line.split('|')) {
    const at = part.indexOf('=');
    if (at > 0) fields.set(part.slice(0, at), part.slice(at + 1));
  }
  const flags = fields.get('flags');
  if (flags === undefined) return null;
  return {
    pts: integer(fields.get('pts')),
    dts: integer(fields.get('dts')),
    duration: integer(fields.get('duration')),
    isKey: flags.includes('K'),
    isDiscarded: flags.includes('D'),
    isCorrupt: flags.includes('C'),
  };
}

function integer(text: string | undefined): number | null {
  const value = Number(text ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : null;
}

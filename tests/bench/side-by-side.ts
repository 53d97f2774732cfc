import { existsSync } from 'node:fs';
import { spawnFfmpeg } from '../../src/engine/media/ffmpeg-command.ts';

/** Films of one size and length to be seen next to each other. */
export interface SideBySide {
  readonly panes: readonly { readonly path: string; readonly title: string }[];
  /** First frame of the stretch in the original film, for the caption. */
  readonly startFrame: number;
  readonly caption: string;
  readonly voice: { readonly path: string; readonly fromSeconds: number; readonly seconds: number };
  readonly outPath: string;
  readonly signal: AbortSignal;
}

const paneHeight = 720;
const captionFonts: readonly string[] = [
  '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
  '/usr/share/fonts/dejavu/DejaVuSans.ttf',
  '/Library/Fonts/Arial.ttf',
  'C:/Windows/Fonts/arial.ttf',
];

/** drawtext reads its text through two parsers; captions are made of harmless signs only. */
function plain(text: string): string {
  return text.replace(/[^\w .+|-]/g, ' ');
}

function drawText(text: string, place: string): string | null {
  const font = captionFonts.find((path) => existsSync(path));
  if (font === undefined) return null;
  const file = font.replace(/:/g, '\\\\:');
  return `drawtext=fontfile=${file}:text='${text}':${place}:fontsize=20:fontcolor=white:box=1:boxcolor=black@0.5`;
}

/** Writes an H.264 film of all panes in a row with a caption line (frame, speaker, voice), the voice as its sound. */
export async function writeSideBySide(request: SideBySide): Promise<void> {
  const { panes, voice } = request;
  const titled = panes.map(({ title }, i) => {
    const filters = [
      `scale=-2:'min(${paneHeight},ih)':flags=lanczos,format=yuv420p`,
      ...[drawText(plain(title), 'x=8:y=8')].filter((filter) => filter !== null),
    ];
    return `[${i}:v]${filters.join(',')}[p${i}]`;
  });
  const frameNumber = `%{eif\\:n+${request.startFrame}\\:d}`;
  const caption = drawText(`frame ${frameNumber}  ${plain(request.caption)}`, 'x=8:y=h-30');
  const joined = `${panes.map((_pane, i) => `[p${i}]`).join('')}hstack=inputs=${panes.length}`;
  const soundOffset =
    voice.fromSeconds < 0
      ? [`adelay=${Math.round(-1000 * voice.fromSeconds)}|${Math.round(-1000 * voice.fromSeconds)}`]
      : [`atrim=start=${voice.fromSeconds}`, 'asetpts=PTS-STARTPTS'];
  const sound = `[${panes.length}:a]${[...soundOffset, 'apad', `atrim=duration=${voice.seconds}`].join(',')}[sound]`;
  const ffmpeg = await spawnFfmpeg({
    inputs: [...panes.map(({ path }) => ({ path })), { path: voice.path }],
    filterComplex: [...titled, `${joined}${caption === null ? '' : `,${caption}`}[picture]`, sound].join(';'),
    outputs: [
      {
        path: request.outPath,
        options: [
          ...['-map', '[picture]', '-map', '[sound]', '-c:v', 'libx264', '-crf', '16', '-preset', 'fast'],
          ...['-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '128k', '-movflags', '+faststart'],
        ],
      },
    ],
    signal: request.signal,
  });
  await ffmpeg.done;
}

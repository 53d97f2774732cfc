import { join } from 'node:path';
import { ffmpegText } from './make-media.ts';

/** Writes a sound with syllable-like bursts and pauses: a voice, as far as a pause finder can tell. */
export async function makeVoice(folder: string, name: string, seconds: number): Promise<string> {
  const path = join(folder, name);
  const bursts = `0.4*sin(2*PI*180*t)*max(0,sin(2*PI*2.5*t))*lt(mod(t,2),1.4)`;
  await ffmpegText(['-f', 'lavfi', '-i', `aevalsrc=exprs='${bursts}':s=16000:d=${seconds}`, `file:${path}`]);
  return path;
}

import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { errorText } from '../../../contract/error-text.ts';
import { toErrorRecord } from '../../../contract/errors.ts';
import { ensureFacePack } from '../../face-pack/ensure-face-pack.ts';
import { locateFfmpeg } from '../../media/locate-ffmpeg.ts';
import type { DoctorReport } from '../tasks.ts';

type Check = DoctorReport['checks'][number];

const oldFfmpegMajor = 5;
const lowSpaceBytes = 2e9;

/** Looks at everything that the engine needs from this machine. A failed check is a finding, not an error. */
export async function doctor({ cacheFolder }: { readonly cacheFolder: string }): Promise<DoctorReport> {
  const checks = await Promise.all([
    check('node', checkNode),
    check('ffmpeg', checkFfmpeg),
    check('face models', checkFacePack),
    check('onnxruntime', checkRuntime),
    check('machine', checkMachine),
    check('cache', () => checkCache(cacheFolder)),
  ]);
  return { checks };
}

async function check(name: string, look: () => Promise<Omit<Check, 'name'>>): Promise<Check> {
  try {
    return { name, ...(await look()) };
  } catch (thrown) {
    const { code, details } = toErrorRecord(thrown);
    const { sentence, remedy } = errorText(code, details);
    return { name, state: 'error', finding: sentence, remedy };
  }
}

function ok(finding: string): Promise<Omit<Check, 'name'>> {
  return Promise.resolve({ state: 'ok', finding, remedy: null });
}

function checkNode(): Promise<Omit<Check, 'name'>> {
  return ok(`${process.version} at ${process.execPath}`);
}

async function checkFfmpeg(): Promise<Omit<Check, 'name'>> {
  const { version, majorVersion, origin, ffmpegPath, ffprobePath } = await locateFfmpeg();
  const finding = `${version} from ${origin}: ${ffmpegPath}, ${ffprobePath}`;
  if (majorVersion !== null && majorVersion >= oldFfmpegMajor) return ok(finding);
  return {
    state: 'warning',
    finding: `${finding} (old: newer formats may not open, and it is slower)`,
    remedy: 'Install ffmpeg 5 or newer, or name one in DUBWRIGHT_FFMPEG and DUBWRIGHT_FFPROBE.',
  };
}

async function checkFacePack(): Promise<Omit<Check, 'name'>> {
  const { manifest } = await ensureFacePack();
  return ok(`complete in ${dirname(manifest)}`);
}

async function checkRuntime(): Promise<Omit<Check, 'name'>> {
  const { onnxRuntime } = await import('../../inference/onnx-runtime.ts');
  const runtime = await onnxRuntime();
  return ok(`${runtime.env.versions.node ?? runtime.env.versions.common} loads`);
}

function checkMachine(): Promise<Omit<Check, 'name'>> {
  const memory = (totalmem() / 2 ** 30).toFixed(1);
  return ok(`${process.platform} ${process.arch}, ${availableParallelism()} cores, ${memory} GiB of memory`);
}

async function checkCache(folder: string): Promise<Omit<Check, 'name'>> {
  await mkdir(folder, { recursive: true });
  await access(folder, constants.W_OK);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const finding = `${folder}, ${(free / 1e9).toFixed(1)} GB free`;
  if (free >= lowSpaceBytes) return ok(finding);
  return {
    state: 'warning',
    finding,
    remedy: 'Free some space there, or name another folder in DUBWRIGHT_CACHE.',
  };
}

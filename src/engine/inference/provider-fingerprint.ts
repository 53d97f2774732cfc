import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { arch, cpus, platform, release } from 'node:os';
import { join } from 'node:path';

/** Variables that decide which GPU or driver a process sees. */
const decidingVariables = [
  'VK_ICD_FILENAMES',
  'VK_DRIVER_FILES',
  'VK_ADD_DRIVER_FILES',
  'VK_LOADER_DRIVERS_SELECT',
  'CUDA_VISIBLE_DEVICES',
  'NVIDIA_VISIBLE_DEVICES',
  'LD_LIBRARY_PATH',
  'DRI_PRIME',
];

/**
 * A hash of everything that decides which provider is fastest: the versions given, the processor, and the graphics
 * adapters and drivers as far as the system tells without loading a driver (on Linux; elsewhere the system's release
 * stands for them, and measurements also grow old).
 */
export async function providerFingerprint(
  versions: Readonly<Record<string, string | number>>,
): Promise<string> {
  const machine = {
    system: [platform(), arch(), release()],
    processor: [cpus().at(0)?.model ?? '', cpus().length],
    variables: decidingVariables.map((name) => process.env[name] ?? ''),
    graphics: platform() === 'linux' ? await linuxGraphics() : [],
  };
  return createHash('sha256')
    .update(JSON.stringify([versions, machine]))
    .digest('hex');
}

/**
 * Whether anything suggests a graphics adapter or a driver for one. Only Linux can tell without loading a driver;
 * desktop systems of other kinds are taken to have one.
 */
export async function mayHaveGraphics(): Promise<boolean> {
  if (platform() !== 'linux') return true;
  if (process.env['VK_ICD_FILENAMES'] || process.env['VK_DRIVER_FILES']) return true;
  return (await linuxGraphics()).some((sign) => sign !== '');
}

async function linuxGraphics(): Promise<readonly string[]> {
  const driverFolders = ['/etc/vulkan/icd.d', '/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];
  const drivers = await Promise.all(driverFolders.map(listFolder));
  const cards = (await listFolder('/sys/class/drm')).filter((name) => /^card\d+$/.test(name));
  const devices = await Promise.all(
    cards.map((card) => readText(join('/sys/class/drm', card, 'device', 'uevent'))),
  );
  const nodes = (await listFolder('/dev')).filter((name) => /^(?:nvidia\d+|dxg|kfd)$/.test(name));
  return [...drivers.flat(), ...devices, ...nodes, await readText('/proc/driver/nvidia/version')];
}

const listFolder = (path: string): Promise<readonly string[]> =>
  readdir(path).then(
    (names) => names.sort(),
    () => [],
  );
const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

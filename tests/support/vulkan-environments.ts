import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { noSoftwareVulkan, unpackSoftwareVulkan } from './software-vulkan.ts';

/** A way of reaching a Vulkan driver: variables for a child process. */
export interface VulkanEnvironment {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Where containers keep what the host's NVIDIA driver brought along, outside the loader's own search. */
const nvidiaFolders = [
  '/usr/local/nvidia/lib64',
  '/usr/local/nvidia/lib',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib64',
];
const nvidiaManifests = [
  '/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json',
  '/usr/share/vulkan/icd.d/nvidia_icd.json',
  '/etc/vulkan/icd.d/nvidia_icd.json',
];

/**
 * Ways to a real GPU's Vulkan driver on this machine, most ordinary first: as it is; with the driver's own manifest;
 * with a manifest of ours for the driver's library (headless containers have the library and no manifest). Where the
 * system has no Vulkan loader, the one in `@sparticuz/chromium` serves.
 */
export async function vulkanEnvironments(folder: string): Promise<readonly VulkanEnvironment[]> {
  if (process.platform !== 'linux') return [{ name: 'as it is', variables: {} }];
  const loader = (await hasSystemLoader()) || noSoftwareVulkan !== false ? null : folder;
  if (loader !== null) await unpackSoftwareVulkan(folder);
  const libraries = [...nvidiaFolders.slice(0, 2).filter((path) => existsSync(path)), loader].filter(
    (path) => path !== null,
  );
  const inherited = process.env['LD_LIBRARY_PATH'];
  const paths = [...(inherited === undefined ? [] : [inherited]), ...libraries].join(':');
  const common = { XDG_RUNTIME_DIR: process.env['XDG_RUNTIME_DIR'] ?? folder, LD_LIBRARY_PATH: paths };
  const withManifest = (name: string, manifest: string): VulkanEnvironment => ({
    name,
    variables: { ...common, VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest },
  });
  const found: VulkanEnvironment[] = [{ name: 'as it is', variables: common }];
  for (const manifest of nvidiaManifests)
    if (existsSync(manifest)) found.push(withManifest(manifest, manifest));
  for (const library of ['libGLX_nvidia.so.0', 'libEGL_nvidia.so.0']) {
    const path = nvidiaFolders.map((home) => join(home, library)).find((candidate) => existsSync(candidate));
    if (path === undefined) continue;
    const manifest = join(folder, `${library}.json`);
    const content = { file_format_version: '1.0.0', ICD: { library_path: path, api_version: '1.3.0' } };
    await writeFile(manifest, JSON.stringify(content));
    found.push(withManifest(`manifest of our own for ${path}`, manifest));
  }
  return found;
}

async function hasSystemLoader(): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)('ldconfig', ['-p']);
    return stdout.includes('libvulkan.so.1');
  } catch {
    return false;
  }
}

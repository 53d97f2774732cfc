import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';

/** The archive inside `@sparticuz/chromium` that holds SwiftShader, a Vulkan driver in software, and the loader. */
function archivePath(): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  try {
    const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
    const home = entry.slice(0, entry.indexOf('chromium') + 'chromium'.length);
    const path = join(home, 'bin', 'swiftshader.tar.br');
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

/** Why this machine has no software Vulkan driver, or false when it has. */
export const noSoftwareVulkan: string | false =
  archivePath() === null
    ? 'no software Vulkan driver: @sparticuz/chromium has one for Linux x64 only'
    : false;

/**
 * Unpacks the driver into a folder.
 * @returns Variables under which a child process finds it, and only it.
 */
export async function unpackSoftwareVulkan(folder: string): Promise<Readonly<Record<string, string>>> {
  const path = archivePath();
  if (path === null) throw new Error(String(noSoftwareVulkan));
  const tar = await promisify(brotliDecompress)(await readFile(path));
  await mkdir(folder, { recursive: true });
  for (const { name, content } of readTar(tar)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content, { mode: 0o755 });
  }
  return {
    LD_LIBRARY_PATH: folder,
    VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'),
    VK_DRIVER_FILES: join(folder, 'vk_swiftshader_icd.json'),
    XDG_RUNTIME_DIR: folder,
  };
}

/** Plain files of a ustar archive: 512-byte headers (name at 0, octal size at 124, type at 156), padded contents. */
function* readTar(tar: Buffer): Generator<{ name: string; content: Buffer }> {
  const text = (at: number, length: number): string =>
    tar.toString('latin1', at, at + length).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const size = parseInt(text(at + 124, 12), 8);
    const type = text(at + 156, 1);
    const name = text(at, 100);
    if ((type === '0' || type === '') && !name.includes('..'))
      yield { name, content: tar.subarray(at + 512, at + 512 + size) };
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

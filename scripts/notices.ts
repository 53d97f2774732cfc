/**
 * Writes THIRD-PARTY-NOTICES.md from package-lock.json: every package that ships with Dubwright, with its licence and,
 * where the package carries one, the licence's text. `--check` says whether the file is up to date.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
}

const root = join(import.meta.dirname, '..');
const target = join(root, 'THIRD-PARTY-NOTICES.md');

const modelNotice = `## Bundled face models

BlazeFace, FaceMesh and the face descriptor are converted at set-up from the files that the npm package
\`@vladmandic/human\` (MIT) carries. The MediaPipe models among them are published by Google under the Apache License 2.0
(https://github.com/google-ai-edge/mediapipe). See models/README.md for a card of each.
`;

function licenceText(folder: string): string | null {
  if (!existsSync(folder)) return null;
  const name = readdirSync(folder).find((file) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(file));
  return name === undefined ? null : readFileSync(join(folder, name), 'utf8').trim();
}

function notices(): string {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const shipped = Object.entries(lock.packages)
    .filter(([path, entry]) => path.startsWith('node_modules/') && entry.dev !== true)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const sections = shipped.map(([path, entry]) => {
    const name = path.replace(/^.*node_modules\//, '');
    // Optional packages differ from machine to machine, so their text is left to the package itself.
    const text = entry.optional === true ? null : licenceText(join(root, path));
    const heading = `## ${name} ${entry.version}\n\nLicence: ${entry.license ?? 'see the package'}\n`;
    return text === null
      ? heading
      : `${heading}\n\`\`\`text\n${text.replaceAll('\r\n', '\n').replaceAll('```', "'''")}\n\`\`\`\n`;
  });
  const preface = `# Third-party notices\n\nMade by \`npm run notices\`. Dubwright itself is MIT (LICENSE). ffmpeg is run as a separate program; the builds that\n\`ffmpeg-static\`, \`@ffmpeg-installer/ffmpeg\` and \`@ffprobe-installer/ffprobe\` bring contain GPL parts such as x264.\n`;
  return [preface, modelNotice, ...sections].join('\n');
}

const text = notices();
if (process.argv.includes('--check')) {
  const isCurrent = existsSync(target) && readFileSync(target, 'utf8') === text;
  if (!isCurrent) {
    console.error('THIRD-PARTY-NOTICES.md is not up to date. Remedy: run "npm run notices".');
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, text);
}

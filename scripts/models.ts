import { readFile } from 'node:fs/promises';
import { ensureFacePack } from '../src/engine/face-pack/ensure-face-pack.ts';
import type { FacePackManifest } from '../src/engine/face-pack/ensure-face-pack.ts';

/** `npm run models`: builds the bundled models where they are missing or out of date, and says what lies where. */
const pack = await ensureFacePack();
const manifest = JSON.parse(await readFile(pack.manifest, 'utf8')) as FacePackManifest;
for (const path of [pack.blazeface, pack.facemesh, pack.faceDescriptor]) console.log(path);
for (const [name, model] of Object.entries(manifest.models))
  console.log(`${name}: ${model.bytes} bytes, ${model.licence}, sha256 ${model.sha256}`);

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { DubwrightError } from '../../contract/errors.ts';
import { encodeOnnxModel } from '../onnx/onnx-writer.ts';
import { convertGraph } from './convert-graph.ts';
import { facePackModels, facePackRecipes, type FacePackModel } from './recipes.ts';
import { listTfjsFiles, readTfjsModel } from './tfjs-model.ts';

/** Raise it when the converter writes other models from the same sources: packs of older versions are rebuilt. */
export const converterVersion = 1;

/** Where the face pack's models lie. */
export interface FacePackPaths {
  readonly blazeface: string;
  readonly facemesh: string;
  readonly faceDescriptor: string;
  readonly manifest: string;
  /** SHA-256 over all models: part of the key of everything computed with them. */
  readonly sha256: string;
}

const fileRecord = z.object({ file: z.string(), bytes: z.number().int(), sha256: z.string() });
const manifestSchema = z.object({
  converterVersion: z.number().int(),
  models: z.record(
    z.enum(facePackModels),
    fileRecord.extend({ licence: z.string(), origin: z.string(), sources: z.array(fileRecord) }),
  ),
});
type FileRecord = z.infer<typeof fileRecord>;

/** What `manifest.json` beside the models says. */
export type FacePackManifest = z.infer<typeof manifestSchema>;

/** `models/built` of this installation. */
export const builtModelsFolder: string = fileURLToPath(new URL('../../../models/built', import.meta.url));

/**
 * The face pack, built from `@vladmandic/human` when it is missing, incomplete or made from other sources.
 *
 * Files appear whole and the manifest last; two processes at once write the same bytes, so neither sees half a model.
 *
 * @throws DubwrightError MODEL_PACK_MISSING {folder, cause} when there is no pack and none can be built.
 */
export async function ensureFacePack(folder: string = builtModelsFolder): Promise<FacePackPaths> {
  try {
    const sources = await hashSources();
    const present = await readManifest(folder);
    if (present !== null && (await isCurrent(folder, present, sources))) return toPaths(folder, present);
    if (sources === null)
      throw new Error('@vladmandic/human, from which the models are made, is not installed');
    return toPaths(folder, await buildFacePack(folder, sources));
  } catch (error) {
    if (error instanceof DubwrightError) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    throw new DubwrightError('MODEL_PACK_MISSING', { folder, cause }, { cause: error });
  }
}

/** Files that each model is made from. */
type Sources = ReadonlyMap<FacePackModel, readonly FileRecord[]>;

function sourceFolder(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@vladmandic/human')), '..', 'models');
  } catch {
    return null;
  }
}

/** Null when the dependency is not installed, as in a packaged application, whose pack was built before. */
async function hashSources(): Promise<Sources | null> {
  const folder = sourceFolder();
  if (folder === null) return null;
  const hashed = facePackModels.map(async (model) => {
    const files = await listTfjsFiles(join(folder, facePackRecipes[model].source));
    return [
      model,
      await Promise.all(files.map(async (path) => recordOf(path, await readFile(path)))),
    ] as const;
  });
  return new Map(await Promise.all(hashed));
}

const recordOf = (path: string, bytes: Uint8Array): FileRecord => ({
  file: basename(path),
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

async function readManifest(folder: string): Promise<FacePackManifest | null> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  } catch {
    return null;
  }
}

async function isCurrent(
  folder: string,
  manifest: FacePackManifest,
  sources: Sources | null,
): Promise<boolean> {
  if (manifest.converterVersion !== converterVersion) return false;
  for (const model of facePackModels) {
    const record = manifest.models[model];
    if (sources !== null && JSON.stringify(record.sources) !== JSON.stringify(sources.get(model)))
      return false;
    const size = await stat(join(folder, record.file)).then(
      (found) => found.size,
      () => -1,
    );
    if (size !== record.bytes) return false;
  }
  return true;
}

async function buildFacePack(folder: string, sources: Sources): Promise<FacePackManifest> {
  await mkdir(folder, { recursive: true });
  const models: Record<string, FacePackManifest['models'][FacePackModel]> = {};
  for (const [model, files] of sources) {
    const { origin, licence } = facePackRecipes[model];
    const bytes = await convertModel(model, files);
    const file = `${model}.onnx`;
    await writeWhole(join(folder, file), bytes);
    models[model] = { ...recordOf(file, bytes), licence, origin, sources: [...files] };
  }
  const manifest = manifestSchema.parse({ converterVersion, models });
  await writeWhole(join(folder, 'manifest.json'), Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  return manifest;
}

async function convertModel(model: FacePackModel, sources: readonly FileRecord[]): Promise<Uint8Array> {
  const { source, outputs, origin, licence } = facePackRecipes[model];
  const graph = convertGraph({
    name: model,
    model: await readTfjsModel(join(sourceFolder() ?? '', source)),
    outputs,
    metadata: {
      origin,
      licence,
      converter: String(converterVersion),
      ...Object.fromEntries(sources.map(({ file, sha256 }) => [`sha256 of ${file}`, sha256])),
    },
  });
  return encodeOnnxModel(graph);
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(unfinished, bytes);
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
}

function toPaths(folder: string, manifest: FacePackManifest): FacePackPaths {
  const path = (model: FacePackModel): string => join(folder, manifest.models[model].file);
  const hashes = facePackModels.map((model) => manifest.models[model].sha256);
  return {
    blazeface: path('blazeface'),
    facemesh: path('facemesh'),
    faceDescriptor: path('face-descriptor'),
    manifest: join(folder, 'manifest.json'),
    sha256: createHash('sha256').update(hashes.join()).digest('hex'),
  };
}

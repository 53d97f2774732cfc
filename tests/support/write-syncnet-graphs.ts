/** Writes the random networks that scripts/reference/syncnet_reference.py runs: node tests/support/write-syncnet-graphs.ts FOLDER */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeOnnxModel } from '../../src/engine/onnx/onnx-writer.ts';
import { faceGraph, soundGraph } from './syncnet-graphs.ts';

const folder = process.argv[2] ?? '.';
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'face.onnx'), encodeOnnxModel(faceGraph({ batch: null })));
writeFileSync(join(folder, 'sound.onnx'), encodeOnnxModel(soundGraph({ batch: null })));

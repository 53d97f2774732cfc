import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ensureFacePack } from '../../src/engine/face-pack/ensure-face-pack.ts';
import { facePackRecipes, type FacePackModel } from '../../src/engine/face-pack/recipes.ts';
import { compareOutputs } from '../../src/engine/inference/compare-outputs.ts';
import { probeProvider } from '../../src/engine/inference/probe-provider.ts';
import { noSoftwareVulkan, unpackSoftwareVulkan } from '../support/software-vulkan.ts';
import { withTempFolder } from '../support/temp-folder.ts';

test('the face pack on WebGPU, through a software Vulkan driver, agrees with the CPU', (context) =>
  withTempFolder(async (folder) => {
    if (noSoftwareVulkan !== false) {
      context.skip(noSoftwareVulkan);
      return;
    }
    const pack = await ensureFacePack();
    const model = (name: FacePackModel, path: string) => {
      const { size, scale, shift } = facePackRecipes[name];
      return { name, path, inputs: [{ dims: [1, 3, size, size], span: 255 * scale, shift }], slowMs: null };
    };
    const order = {
      models: [
        model('facemesh', pack.facemesh),
        model('face-descriptor', pack.faceDescriptor),
        model('blazeface', pack.blazeface),
      ],
      runs: 0,
      threads: null,
      limitMs: 240_000,
      signal: context.signal,
    };
    const environment = await unpackSoftwareVulkan(folder);
    const cpu = await probeProvider({ ...order, provider: 'cpu' });
    const webgpu = await probeProvider({ ...order, provider: 'webgpu', environment });
    assert.equal(cpu.failure, null);
    assert.equal(webgpu.failure, null);
    assert.deepEqual(
      webgpu.answers.map((answer) => answer.model),
      order.models.map(({ name }) => name),
    );
    for (const [i, { model: name, outputs, firstMs }] of webgpu.answers.entries()) {
      const { largest, agrees } = compareOutputs(cpu.answers[i].outputs, outputs);
      context.diagnostic(
        `${name}: differs by ${largest.toExponential(1)}, first run after ${firstMs.toFixed(0)} ms`,
      );
      assert.ok(agrees, `${name} differs from the CPU by ${largest}`);
      // The driver computes in single precision too, in another order: not bit for bit the CPU itself, but close.
      assert.ok(largest > 0 && largest < 0.01, `${name} differs by ${largest}`);
    }
  }));

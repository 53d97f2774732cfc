import type * as OnnxRuntime from 'onnxruntime-node';

/** ONNX Runtime's module object. */
export type Runtime = typeof OnnxRuntime;

let loading: Promise<Runtime> | null = null;

/**
 * Loads ONNX Runtime on first use: its 45 MB library takes longer to map than most commands that need no model.
 * Only errors reach its log, since it warns about every harmless thing on standard error.
 */
export function onnxRuntime(): Promise<Runtime> {
  loading ??= import('onnxruntime-node').then((module) => {
    module.env.logLevel = 'error';
    return module;
  });
  return loading;
}

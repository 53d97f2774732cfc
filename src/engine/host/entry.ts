// The engine process. Forked by `EngineClient`; owns ONNX Runtime, the ffmpeg pipes and every per-pixel loop.
import { runEngineProcess } from './engine-process.ts';
import { taskHandlers } from './handlers/table.ts';

runEngineProcess(taskHandlers);

import { modelHeader } from './onnx-schema.ts';

/** What a model file says about itself, apart from its graph. */
export interface OnnxHeader {
  readonly irVersion: number;
  /** Version of the standard operators; 0 when the file names none. */
  readonly opset: number;
  /** The program that wrote the file, as it calls itself ("pytorch", "dubwright"). */
  readonly producerName: string;
  /** Free key-value pairs: licence, origin, hashes. */
  readonly metadata: Readonly<Record<string, string>>;
}

interface RawHeader {
  readonly ir_version: number;
  readonly producer_name: string;
  readonly opset_import: readonly { readonly domain: string; readonly version: number }[];
  readonly metadata_props: readonly { readonly key: string; readonly value: string }[];
}

/**
 * Reads the head of an ONNX file without touching its weights.
 *
 * @returns null when the bytes are not an ONNX model (not protobuf, or no IR version or operators named).
 */
export function readOnnxHeader(bytes: Uint8Array): OnnxHeader | null {
  const raw = decodeHeader(bytes);
  if (raw === null || raw.ir_version < 1 || raw.opset_import.length === 0) return null;
  const standard = raw.opset_import.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  return {
    irVersion: raw.ir_version,
    opset: standard?.version ?? 0,
    producerName: raw.producer_name,
    metadata: Object.fromEntries(raw.metadata_props.map(({ key, value }) => [key, value])),
  };
}

function decodeHeader(bytes: Uint8Array): RawHeader | null {
  try {
    const message = modelHeader.decode(bytes);
    return modelHeader.toObject(message, { longs: Number, defaults: true, arrays: true }) as RawHeader;
  } catch {
    return null;
  }
}

import protobuf from 'protobufjs';

/** Element types of a tensor (`TensorProto.DataType`). */
export const tensorTypes = { float: 1, int32: 6, int64: 7 } as const;
/** Kinds of an attribute (`AttributeProto.AttributeType`). */
export const attributeTypes = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;

type Field = { rule?: 'repeated'; type: string; id: number };
const one = (type: string, id: number): Field => ({ type, id });
const many = (type: string, id: number): Field => ({ rule: 'repeated', type, id });

/** What stands at a model's head; the graph is left out so that reading a header skips hundreds of megabytes. */
const headerFields = {
  ir_version: one('int64', 1),
  producer_name: one('string', 2),
  producer_version: one('string', 3),
  opset_import: many('OperatorSetIdProto', 8),
  metadata_props: many('StringStringEntryProto', 14),
};

/** The part of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto that our writer uses; names and ids as there. */
const root = protobuf.Root.fromJSON({
  nested: {
    ModelProto: { fields: { ...headerFields, graph: one('GraphProto', 7) } },
    ModelHeader: { fields: headerFields },
    OperatorSetIdProto: { fields: { domain: one('string', 1), version: one('int64', 2) } },
    StringStringEntryProto: { fields: { key: one('string', 1), value: one('string', 2) } },
    GraphProto: {
      fields: {
        node: many('NodeProto', 1),
        name: one('string', 2),
        initializer: many('TensorProto', 5),
        input: many('ValueInfoProto', 11),
        output: many('ValueInfoProto', 12),
      },
    },
    NodeProto: {
      fields: {
        input: many('string', 1),
        output: many('string', 2),
        name: one('string', 3),
        op_type: one('string', 4),
        attribute: many('AttributeProto', 5),
      },
    },
    AttributeProto: {
      fields: {
        name: one('string', 1),
        f: one('float', 2),
        i: one('int64', 3),
        s: one('bytes', 4),
        floats: many('float', 7),
        ints: many('int64', 8),
        type: one('int32', 20),
      },
    },
    TensorProto: {
      fields: {
        dims: many('int64', 1),
        data_type: one('int32', 2),
        name: one('string', 8),
        raw_data: one('bytes', 9),
      },
    },
    ValueInfoProto: { fields: { name: one('string', 1), type: one('TypeProto', 2) } },
    TypeProto: { fields: { tensor_type: one('TypeProtoTensor', 1) } },
    TypeProtoTensor: { fields: { elem_type: one('int32', 1), shape: one('TensorShapeProto', 2) } },
    TensorShapeProto: { fields: { dim: many('Dimension', 1) } },
    Dimension: {
      oneofs: { value: { oneof: ['dim_value', 'dim_param'] } },
      fields: { dim_value: one('int64', 1), dim_param: one('string', 2) },
    },
  },
});
// The reflection API turns snake_case into camelCase when it parses .proto text only; JSON names stay as written.

/** Message type of a whole model. */
export const modelProto: protobuf.Type = root.lookupType('ModelProto');
/** Message type of a model without its graph. */
export const modelHeader: protobuf.Type = root.lookupType('ModelHeader');

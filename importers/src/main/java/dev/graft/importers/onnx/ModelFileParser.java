package dev.graft.importers.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.StringStringEntryProto;
import dev.graft.importers.onnx.proto.TensorProto;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Parses a model file and leaves the bytes of its large initializers where they lie: such a tensor
 * says instead, as ONNX does for data in other files, from which byte of which file on they are to
 * be read. So the weights are in memory once, as the model's, and not a second time as the file's.
 */
final class ModelFileParser {

  /** Bytes of raw data that are worth a place in the file. */
  private static final int LARGE = 1 << 16;

  private final CodedInputStream in;
  private final String location;

  private ModelFileParser(CodedInputStream in, String location) {
    this.in = in;
    this.location = location;
  }

  /**
   * Parses a file.
   *
   * @throws InvalidProtocolBufferException if it is no ONNX model
   * @throws IOException if it cannot be read
   */
  static ModelProto parse(Path file) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      CodedInputStream in = CodedInputStream.newInstance(stream, 1 << 16);
      return new ModelFileParser(in, file.getFileName().toString()).model();
    }
  }

  /** What is done with the fields of a message that are not copied as they are. */
  private interface Field {
    void read() throws IOException;
  }

  /**
   * Reads a message up to its end.
   *
   * @param number of the field that {@code special} reads
   * @return all other fields, as they are in the file
   */
  private ByteString others(int number, Field special) throws IOException {
    UnknownFieldSet.Builder others = UnknownFieldSet.newBuilder();
    int wanted = number << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == wanted) {
        special.read();
      } else if (!others.mergeFieldFrom(tag, in)) {
        throw new InvalidProtocolBufferException("a group ends that did not begin");
      }
    }
    return others.build().toByteString();
  }

  /** Reads a field that is a message. */
  private void message(Field field) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    field.read();
    in.popLimit(limit);
  }

  private ModelProto model() throws IOException {
    ModelProto.Builder model = ModelProto.newBuilder();
    ByteString others =
        others(ModelProto.GRAPH_FIELD_NUMBER, () -> message(() -> graph(model.getGraphBuilder())));
    return model.mergeFrom(others).build();
  }

  private void graph(GraphProto.Builder graph) throws IOException {
    ByteString others =
        others(
            GraphProto.INITIALIZER_FIELD_NUMBER,
            () -> message(() -> graph.addInitializer(tensor())));
    graph.mergeFrom(others);
  }

  private TensorProto tensor() throws IOException {
    TensorProto.Builder tensor = TensorProto.newBuilder();
    long[] place = {-1, 0};
    ByteString others =
        others(
            TensorProto.RAW_DATA_FIELD_NUMBER,
            () -> {
              int length = in.readRawVarint32();
              if (length < LARGE) {
                tensor.setRawData(ByteString.copyFrom(in.readRawBytes(length)));
                place[0] = -1;
              } else {
                place[0] = in.getTotalBytesRead();
                place[1] = length;
                in.skipRawBytes(length);
              }
            });
    tensor.mergeFrom(others);
    boolean isElsewhere = tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    if (place[0] >= 0 && !isElsewhere) {
      tensor
          .clearRawData()
          .setDataLocation(TensorProto.DataLocation.EXTERNAL)
          .clearExternalData()
          .addExternalData(entry("location", location))
          .addExternalData(entry("offset", Long.toString(place[0])))
          .addExternalData(entry("length", Long.toString(place[1])));
    }
    return tensor.build();
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}

package dev.graft.importers.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.graft.core.graph.GraphException;
import dev.graft.core.tensor.ShapeException;
import dev.graft.importers.ImportException;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.OperatorSetIdProto;
import dev.graft.importers.onnx.tensor.ExternalData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads ONNX models of opsets 7 to 20, and of later ones whose operators are those of 20. */
public final class OnnxReader {

  private static final int OLDEST = 7;
  private static final int NEWEST = 20;

  /**
   * Up to here the operators that are read differ from those of opset 20 in the data types that
   * they allow, and in nothing else.
   */
  private static final int NEWEST_ALIKE = 25;

  private OnnxReader() {}

  /**
   * Reads a model.
   *
   * @param name of the file, for messages
   * @param in read to its end
   * @param folder where weights outside the file may lie; null for none
   * @throws ImportException if it is no ONNX model, or asks for what Graft does not know
   * @throws IOException if the stream fails
   */
  public static ImportedModel read(String name, InputStream in, @Nullable Path folder)
      throws IOException {
    try {
      return read(parse(in), folder);
    } catch (ShapeException | GraphException | ImportException e) {
      throw new ImportException(name + ": " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw new ImportException(name + ": is too large for the heap; raise it with -Xmx", e);
    }
  }

  private static ModelProto parse(InputStream in) throws IOException {
    try {
      return ModelProto.parseFrom(in);
    } catch (InvalidProtocolBufferException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new ImportException(
          "is no ONNX model, or it is truncated or damaged (" + e.getMessage() + ")", e);
    }
  }

  private static ImportedModel read(ModelProto proto, @Nullable Path folder) {
    if (!proto.hasGraph() || proto.getGraph().getOutputCount() == 0) {
      throw new ImportException("holds no ONNX graph; is it truncated, or another format?");
    }
    int opset = opset(proto);
    List<String> notes = new ArrayList<>();
    if (opset > NEWEST) {
      notes.add("opset " + opset + " is read as " + NEWEST + ": its operators are the same here");
    }
    ExternalData external = new ExternalData(folder);
    return new GraphTranslator(proto.getGraph(), opset, external, OnnxMetadata.read(proto))
        .read(notes);
  }

  private static int opset(ModelProto proto) {
    long opset = 0;
    for (OperatorSetIdProto imported : proto.getOpsetImportList()) {
      if (UnsupportedOperators.isStandard(imported.getDomain())) {
        opset = imported.getVersion();
      }
    }
    if (opset < OLDEST || opset > NEWEST_ALIKE) {
      throw new ImportException(
          "uses opset "
              + (opset == 0 ? "(none given)" : opset)
              + "; "
              + OLDEST
              + " to "
              + NEWEST_ALIKE
              + " can be read, export it again with opset 13");
    }
    return (int) opset;
  }
}

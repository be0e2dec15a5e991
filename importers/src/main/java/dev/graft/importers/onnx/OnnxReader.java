package dev.graft.importers.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.graft.core.graph.GraphException;
import dev.graft.core.tensor.OpenSizeException;
import dev.graft.core.tensor.ShapeException;
import dev.graft.importers.ImportException;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.graph.ModelFolder;
import dev.graft.importers.graph.ReadAllowance;
import dev.graft.importers.onnx.operator.OnnxOperator;
import dev.graft.importers.onnx.operator.OnnxOperators;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.OperatorSetIdProto;
import dev.graft.importers.onnx.tensor.ExternalData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads ONNX models of opsets 6 to 25, and of later ones as if their operators were those of 25,
 * which it says.
 */
public final class OnnxReader {

  /**
   * Up to here the operators that are read are known. From 20 on they differ in the data types that
   * they allow, and in nothing else.
   */
  private static final int NEWEST = 25;

  private OnnxReader() {}

  /**
   * Reads a model from a stream, the whole of which is in memory until the weights are taken from
   * it.
   *
   * @param name for messages
   * @param in read to its end
   * @throws ImportException if it is no ONNX model, or asks for what Graft does not know
   * @throws IOException if the stream fails
   */
  public static ImportedModel read(String name, InputStream in) throws IOException {
    return read(name, parsed(name, () -> ModelProto.parseFrom(in)), null, true);
  }

  /**
   * Reads a model file; weights may lie beside it.
   *
   * @throws ImportException if it is no ONNX model, or asks for what Graft does not know
   * @throws IOException if it cannot be read
   */
  public static ImportedModel read(Path file) throws IOException {
    String name = file.toString();
    return read(name, parsed(name, () -> ModelFileParser.parse(file)), file, true);
  }

  /**
   * Reads a model that has been parsed.
   *
   * @param name of the file, for messages
   * @param file beside which its weights may lie; null for a stream
   * @param opensBatch whether a batch that the file fixes is left open where nothing needs it
   * @throws ImportException if it asks for what Graft does not know
   */
  public static ImportedModel read(
      String name, ModelProto proto, @Nullable Path file, boolean opensBatch) {
    try {
      return read(proto, new ModelFolder(file), opensBatch);
    } catch (ShapeException | OpenSizeException | GraphException | ImportException e) {
      throw new ImportException(name + ": " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw tooLarge(name, e);
    }
  }

  private static ImportException tooLarge(String name, OutOfMemoryError e) {
    return new ImportException(name + ": is too large for the heap; raise it with -Xmx", e);
  }

  /** Parses a model. */
  private interface Parser {
    ModelProto parse() throws IOException;
  }

  private static ModelProto parsed(String name, Parser parser) throws IOException {
    try {
      return parser.parse();
    } catch (InvalidProtocolBufferException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new ImportException(
          name + ": is no ONNX model, or it is truncated or damaged (" + e.getMessage() + ")", e);
    } catch (OutOfMemoryError e) {
      throw tooLarge(name, e);
    }
  }

  private static ImportedModel read(ModelProto proto, ModelFolder folder, boolean opensBatch) {
    if (!proto.hasGraph() || proto.getGraph().getOutputCount() == 0) {
      throw new ImportException("holds no ONNX graph; is it truncated, or another format?");
    }
    int opset = opset(proto);
    List<String> warnings = new ArrayList<>();
    if (opset > NEWEST) {
      warnings.add(
          "opset " + opset + " is newer than " + NEWEST + ", as whose operators its own are read");
    }
    ReadAllowance allowance = ReadAllowance.ofFile(proto.getSerializedSize());
    try (ExternalData external = new ExternalData(folder, allowance)) {
      return new GraphTranslator(proto, opset, external, OnnxMetadata.read(proto))
          .read(warnings, opensBatch);
    }
  }

  private static int opset(ModelProto proto) {
    long opset = 0;
    for (OperatorSetIdProto imported : proto.getOpsetImportList()) {
      if (OnnxOperators.isStandard(imported.getDomain())) {
        opset = imported.getVersion();
      }
    }
    if (opset < OnnxOperator.OLDEST || opset != (int) opset) {
      throw new ImportException(
          "uses opset "
              + (opset == 0 ? "(none given)" : opset)
              + "; it can be read from opset "
              + OnnxOperator.OLDEST
              + " on: export it again with opset 13");
    }
    return (int) opset;
  }
}

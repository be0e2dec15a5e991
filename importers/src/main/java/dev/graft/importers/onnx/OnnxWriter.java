package dev.graft.importers.onnx;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.graph.TextPreprocessing;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import dev.graft.importers.AtomicFile;
import dev.graft.importers.ExportException;
import dev.graft.importers.PreprocessingJson;
import dev.graft.importers.onnx.operator.NodeWriter;
import dev.graft.importers.onnx.operator.OnnxOperator;
import dev.graft.importers.onnx.operator.TruthValues;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.OperatorSetIdProto;
import dev.graft.importers.onnx.proto.StringStringEntryProto;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TensorShapeProto;
import dev.graft.importers.onnx.proto.TypeProto;
import dev.graft.importers.onnx.proto.ValueInfoProto;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes ONNX models that ONNX Runtime opens, with the labels, the preprocessing and the end of the
 * trunk in {@code metadata_props}. The opset is 13, or the first that has all the operations. The
 * same model gives the same bytes.
 */
public final class OnnxWriter {

  /** Of the file format: old runtimes read it. */
  private static final int IR_VERSION = 8;

  /** The version that came with opset 19. */
  private static final int NEWER_IR_VERSION = 9;

  /** Protocol buffers end at 2 GiB; some room for everything but weights. */
  private static final long MOST = Integer.MAX_VALUE - (64L << 20);

  private OnnxWriter() {}

  /**
   * Writes a model; the file appears whole or not at all.
   *
   * @throws ExportException if an operation has no place in the format, or the file cannot be
   *     written
   */
  public static void write(Model model, Path file) {
    write(model, file, WeightFormat.FLOAT32);
  }

  /**
   * Writes a model whose weights are held in a given format.
   *
   * @throws ExportException as {@link #write(Model, Path)}, or if the format cannot hold a weight
   */
  public static void write(Model model, Path file, WeightFormat format) {
    long bytes =
        model.graph().stored().values().stream()
            .mapToLong(shape -> (long) Float.BYTES * shape.elements())
            .sum();
    if (bytes > MOST) {
      throw new ExportException(
          file
              + ": the weights are larger than the 2 GiB that the format allows; write .safetensors");
    }
    ModelProto proto;
    try {
      proto = proto(model, format);
    } catch (ExportException | ShapeException e) {
      throw new ExportException(file + ": " + e.getMessage(), e);
    }
    AtomicFile.write(file, proto::writeTo);
  }

  private static ModelProto proto(Model model, WeightFormat format) {
    Graph graph = model.graph();
    GraphProto.Builder target = GraphProto.newBuilder().setName("graft");
    for (InputSpec input : graph.inputs()) {
      target.addInput(valueInfo(input.name(), input.fact(), dataType(input.fact().type())));
    }
    Set<String> names = new HashSet<>(graph.stored().keySet());
    graph.inputs().forEach(input -> names.add(input.name()));
    graph.nodes().forEach(node -> names.addAll(node.outputs()));
    StoredWeights weights = new StoredWeights(target, names, format);
    for (String name : graph.stored().keySet()) {
      weights.add(name, model.weights().get(name));
    }
    int opset =
        graph.nodes().stream()
            .mapToInt(n -> NodeWriter.opset(n))
            .max()
            .orElse(OnnxOperator.WRITTEN);
    TruthValues truths = new TruthValues(target, names);
    for (Node node : graph.nodes()) {
      NodeWriter.add(target, names, truths, opset, node);
    }
    Map<String, Fact> facts = graph.facts();
    for (String output : graph.outputs()) {
      target.addOutput(
          valueInfo(output, facts.get(output), elementType(truths, output, facts.get(output))));
    }
    return ModelProto.newBuilder()
        .setIrVersion(opset > 15 ? NEWER_IR_VERSION : IR_VERSION)
        .setProducerName("Graft")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(opset))
        .setGraph(target)
        .addAllMetadataProps(metadata(model))
        .build();
  }

  private static TensorProto.DataType elementType(
      TruthValues truths, String name, @Nullable Fact known) {
    if (truths.contains(name)) {
      return TensorProto.DataType.BOOL;
    }
    return dataType(known == null ? ElementType.FLOAT32 : known.type());
  }

  /**
   * @param known null where not even the rank can be told before the graph is fed
   */
  private static ValueInfoProto valueInfo(
      String name, @Nullable Fact known, TensorProto.DataType element) {
    TypeProto.Tensor.Builder type = TypeProto.Tensor.newBuilder().setElemType(element.getNumber());
    if (known != null) {
      TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
      for (Size size : known.shape().dims()) {
        shape.addDim(
            size.isKnown()
                ? TensorShapeProto.Dimension.newBuilder().setDimValue(size.known())
                : TensorShapeProto.Dimension.newBuilder().setDimParam(size.toString()));
      }
      type.setShape(shape);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }

  private static TensorProto.DataType dataType(ElementType type) {
    return switch (type) {
      case FLOAT32 -> TensorProto.DataType.FLOAT;
      case INT64 -> TensorProto.DataType.INT64;
      case BOOL -> TensorProto.DataType.BOOL;
    };
  }

  private static List<StringStringEntryProto> metadata(Model model) {
    Metadata metadata = model.metadata();
    List<StringStringEntryProto> entries = new ArrayList<>();
    if (!metadata.labels().isEmpty()) {
      entries.add(entry(OnnxMetadata.LABELS, OnnxMetadata.namesJson(metadata.labels())));
    }
    if (!metadata.frozen().isEmpty()) {
      entries.add(entry(OnnxMetadata.FROZEN, OnnxMetadata.namesJson(metadata.frozen())));
    }
    Preprocessing preprocessing = metadata.preprocessing();
    if (preprocessing != null) {
      entries.add(entry(OnnxMetadata.PREPROCESSING, PreprocessingJson.write(preprocessing)));
    }
    TextPreprocessing text = metadata.text();
    if (text != null) {
      entries.add(entry(OnnxMetadata.TOKENIZER, text.definition()));
      entries.add(entry(OnnxMetadata.LENGTH, "" + text.tokenizer().maxLength()));
    }
    try {
      entries.add(entry(OnnxMetadata.HEAD, model.head().layer().name()));
      entries.add(entry(OnnxMetadata.TRUNK, model.head().trunk()));
    } catch (GraphException e) {
      // A network without one head, such as a detector, has nothing to say of it.
      entries.removeIf(entry -> entry.getKey().equals(OnnxMetadata.HEAD));
    }
    metadata.provenance().forEach((key, value) -> entries.add(entry(key, value)));
    return entries;
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }
}

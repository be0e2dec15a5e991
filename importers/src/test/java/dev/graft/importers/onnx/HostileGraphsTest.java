package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.ShapeException;
import dev.graft.importers.Bounded;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.onnx.operator.OnnxOperator;
import dev.graft.importers.onnx.operator.OnnxOperators;
import dev.graft.importers.onnx.proto.AttributeProto;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TensorShapeProto;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that are sound protocol buffers and say anything: random bytes rarely get behind the
 * parser, so here the graph itself is changed at random.
 */
@Timeout(120)
class HostileGraphsTest {

  private static final long SEED = 20260202;

  private static final long[] NUMBERS = {
    0,
    1,
    2,
    3,
    5,
    7,
    11,
    77,
    1000,
    1 << 16,
    1 << 30,
    Integer.MAX_VALUE,
    1L << 31,
    1L << 40,
    Long.MAX_VALUE,
    -1,
    -2,
    -3,
    -7,
    Integer.MIN_VALUE,
    Long.MIN_VALUE
  };

  private static final List<String> TYPES =
      OnnxOperators.all().stream().map(OnnxOperator::name).toList();

  @TempDir private Path folder;

  @Test
  void mutatedGraphs_areModelsOrOneLine() throws IOException {
    List<ModelProto> seeds = List.of(everyOperator(), glue(9), glue(13), glue(20));
    Random random = new Random(SEED);
    int read = 0;
    for (int round = 0; round < 1500; round++) {
      ModelProto.Builder model = seeds.get(round % seeds.size()).toBuilder();
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        change(model, random);
      }
      byte[] bytes = model.build().toByteArray();
      String what = "round " + round + " of seed " + SEED;
      boolean[] done = new boolean[1];
      Bounded.run(
          what,
          "stream",
          () -> {
            Model result = ModelReader.read(new ByteArrayInputStream(bytes));
            done[0] = true;
            // What was read can be asked for its shapes, which runs and surgery start with; two
            // samples may be what it does not take.
            try {
              assertThat(result.graph().shapes(2)).isNotEmpty();
            } catch (ShapeException e) {
              assertThat(e).hasMessageNotContaining("null");
            }
          });
      read += done[0] ? 1 : 0;
    }
    // Else the changes are too coarse to get anywhere.
    assertThat(read).isBetween(150, 1350);
  }

  private ModelProto everyOperator() throws IOException {
    Path file = folder.resolve("good.onnx");
    ModelWriter.write(EveryOperator.model(), file);
    return ModelProto.parseFrom(Files.readAllBytes(file));
  }

  /** Shape arithmetic, constants and shared tensors, as exporters of an opset leave them. */
  private static ModelProto glue(int opset) {
    OnnxFile file = new OnnxFile(opset).input("x", opset == 9 ? 1 : -1, 6, 4);
    file.longs("0", 0).longs("1", 1).longs("2", 2).longs("-1", -1);
    file.floats("w", new int[] {24, 5}, new float[120]).floats("b", new int[] {5}, new float[5]);
    file.named("shape", "Shape", "x");
    if (opset < 10) {
      file.named("n", "Slice", "shape").integers("starts", 0).integers("ends", 1);
    } else {
      file.named("n", "Slice", "shape", "0", "1", "0");
    }
    file.named("position", "Constant").integers("value_ints", 1);
    file.named("six", "Gather", "shape", "position").integer("axis", 0);
    file.named("three", "Div", "six", "2");
    file.named("long", "Cast", "three").integer("to", 7);
    file.named("target", "Concat", "n", "long", "-1").integer("axis", 0);
    file.named("r", "Reshape", "x", "target");
    file.named("rows", "Concat", "n", "-1").integer("axis", 0);
    file.named("flat", "Reshape", "r", "rows");
    file.named("b2", "Identity", "b");
    file.named("zeros", "ConstantOfShape", "1");
    file.named("biases", "Add", "b2", "zeros");
    file.named("y", "Gemm", "flat", "w", "biases").number("alpha", 0.5f);
    file.named("drop", "Dropout", "y").secondOutput("mask");
    file.named("soft", "Softmax", "drop").integer("axis", 1);
    file.node("Pad", "soft").integers("pads", 0, 0, 0, 0);
    return file.output("soft").proto();
  }

  private static long number(Random random) {
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private static void change(ModelProto.Builder model, Random random) {
    GraphProto.Builder graph = model.getGraphBuilder();
    if (graph.getNodeCount() == 0) {
      return;
    }
    NodeProto.Builder node = graph.getNodeBuilder(random.nextInt(graph.getNodeCount()));
    switch (random.nextInt(16)) {
      case 0 -> node.setOpType(TYPES.get(random.nextInt(TYPES.size())));
      case 1 -> graph.removeNode(random.nextInt(graph.getNodeCount()));
      case 2 -> graph.addNode(node.clone());
      case 3 -> model.getOpsetImportBuilder(0).setVersion(7 + random.nextInt(19));
      case 4, 5 -> changeInputs(node, graph, random);
      case 6 -> node.addOutput(anyValue(graph, random));
      case 7 -> {
        if (node.getOutputCount() > 0) {
          node.setOutput(0, anyValue(graph, random));
        }
      }
      case 8, 9, 10 -> changeAttribute(node, random);
      case 11, 12, 13 -> changeStored(graph, random);
      case 14 -> changeInput(graph, random);
      default ->
          graph
              .getOutputBuilder(random.nextInt(graph.getOutputCount()))
              .setName(anyValue(graph, random));
    }
  }

  private static String anyValue(GraphProto.Builder graph, Random random) {
    List<String> names = new ArrayList<>(List.of("", "x", "new"));
    graph.getNodeList().forEach(n -> names.addAll(n.getOutputList()));
    graph.getInitializerList().forEach(t -> names.add(t.getName()));
    return names.get(random.nextInt(names.size()));
  }

  private static void changeInputs(
      NodeProto.Builder node, GraphProto.Builder graph, Random random) {
    int count = node.getInputCount();
    if (count == 0 || random.nextInt(4) == 0) {
      node.addInput(anyValue(graph, random));
    } else if (random.nextInt(3) == 0) {
      List<String> fewer = new ArrayList<>(node.getInputList());
      fewer.remove(random.nextInt(count));
      node.clearInput().addAllInput(fewer);
    } else {
      node.setInput(random.nextInt(count), anyValue(graph, random));
    }
  }

  private static void changeAttribute(NodeProto.Builder node, Random random) {
    int count = node.getAttributeCount();
    if (count == 0 || random.nextInt(4) == 0) {
      String[] names = {
        "axis",
        "axes",
        "value",
        "value_ints",
        "pads",
        "group",
        "perm",
        "to",
        "starts",
        "ends",
        "kernel_shape",
        "dilations",
        "auto_pad",
        "ceil_mode",
        "allowzero",
        "start",
        "end"
      };
      AttributeProto.Builder added =
          node.addAttributeBuilder().setName(names[random.nextInt(names.length)]);
      added.setI(number(random)).addInts(number(random));
      return;
    }
    int at = random.nextInt(count);
    AttributeProto.Builder attribute = node.getAttributeBuilder(at);
    int ints = attribute.getIntsCount();
    switch (random.nextInt(6)) {
      case 0 -> node.removeAttribute(at);
      case 1 -> attribute.clearI().clearInts().clearF().clearT();
      case 2 -> attribute.addInts(number(random));
      case 3 -> attribute.setF(random.nextBoolean() ? Float.NaN : number(random));
      case 4 -> attribute.setS(ByteString.copyFromUtf8("SAME_UPPER"));
      default -> {
        if (ints > 0) {
          attribute.setInts(random.nextInt(ints), number(random));
        } else {
          attribute.setI(number(random));
        }
      }
    }
  }

  private static void changeStored(GraphProto.Builder graph, Random random) {
    if (graph.getInitializerCount() == 0) {
      return;
    }
    TensorProto.Builder tensor =
        graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount()));
    int dims = tensor.getDimsCount();
    switch (random.nextInt(6)) {
      case 0 -> tensor.addDims(random.nextBoolean() ? 1 : number(random));
      case 1 -> tensor.clearDims();
      case 2 -> tensor.setDataType(random.nextInt(20));
      case 3 -> {
        if (dims > 0) {
          tensor.setDims(random.nextInt(dims), number(random));
        }
      }
      case 4 -> {
        int values = tensor.getInt64DataCount();
        if (values > 0) {
          tensor.setInt64Data(random.nextInt(values), number(random));
        }
      }
      default -> {
        // Whole numbers of the writer are raw, eight bytes each.
        if (tensor.getDataType() == 7 && tensor.getRawData().size() >= 8) {
          byte[] raw = tensor.getRawData().toByteArray();
          int at = random.nextInt(raw.length / 8) * 8;
          long value = number(random);
          for (int i = 0; i < 8; i++) {
            raw[at + i] = (byte) (value >> 8 * i);
          }
          tensor.setRawData(ByteString.copyFrom(raw));
        }
      }
    }
  }

  private static void changeInput(GraphProto.Builder graph, Random random) {
    TensorShapeProto.Builder shape =
        graph.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
    switch (random.nextInt(3)) {
      case 0 -> shape.addDimBuilder().setDimValue(number(random));
      case 1 -> shape.clearDim();
      default -> {
        if (shape.getDimCount() > 0) {
          shape.getDimBuilder(random.nextInt(shape.getDimCount())).setDimValue(number(random));
        }
      }
    }
  }
}

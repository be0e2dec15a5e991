package dev.graft.importers.onnx;

import dev.graft.importers.onnx.proto.TensorProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;

/** Nodes of every operator that is read, in the forms its attributes allow, right for any batch. */
final class OperatorExamples {

  private static final List<Example> ALL = new ArrayList<>();

  private OperatorExamples() {}

  /**
   * A file with one node of an operator, or with a few around it.
   *
   * @param operator its name
   * @param opset of the file
   * @param item sizes of the input behind the batch
   * @param nodes adds the nodes to a file with an input x, for a batch; -1 where it is open
   */
  record Example(String operator, int opset, int[] item, BiConsumer<OnnxFile, Integer> nodes) {

    OnnxFile file(int batch) {
      int[] sizes = new int[item.length + 1];
      sizes[0] = batch;
      System.arraycopy(item, 0, sizes, 1, item.length);
      OnnxFile file = new OnnxFile(opset).input("x", sizes);
      nodes.accept(file, batch);
      return file.output();
    }

    @Override
    public String toString() {
      return operator + " " + ALL.indexOf(this);
    }
  }

  static List<Example> all() {
    return Collections.unmodifiableList(ALL);
  }

  private static void add(
      String operator, int opset, int[] item, BiConsumer<OnnxFile, Integer> nodes) {
    ALL.add(new Example(operator, opset, item, nodes));
  }

  private static int[] item(int... sizes) {
    return sizes;
  }

  /** A node on x, with each of some values of a whole-number attribute. */
  private static void each(String operator, int[] item, String attribute, long... values) {
    for (long value : values) {
      add(operator, 13, item, (f, b) -> f.node(operator, "x").integer(attribute, value));
    }
  }

  private static void eachList(int opset, String operator, int[] item, String name, long[]... all) {
    for (long[] values : all) {
      add(operator, opset, item, (f, b) -> f.node(operator, "x").integers(name, values));
    }
  }

  /** A node on x and on whole numbers. */
  private static void given(String operator, int opset, int[] item, long[]... all) {
    for (long[] values : all) {
      add(operator, opset, item, (f, b) -> f.longs("n", values).node(operator, "x", "n"));
    }
  }

  private static long[] of(long... values) {
    return values;
  }

  private static float[] counting(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 0.25f + i % 7 / 8f;
    }
    return values;
  }

  private static OnnxFile weight(OnnxFile file, String name, int... sizes) {
    int count = 1;
    for (int size : sizes) {
      count *= size;
    }
    return file.floats(name, sizes, counting(count));
  }

  /** A layer over sequences that have the samples first, as their batch is. */
  private static void recurrent(OnnxFile file, String operator, int gates) {
    file.named("t", "Transpose", "x").integers("perm", 1, 0, 2);
    weight(file, "w", 1, gates * 2, 4);
    weight(file, "r", 1, gates * 2, 2);
    file.named("y", operator, "t", "w", "r").integer("hidden_size", 2);
    file.node("Transpose", "y").integers("perm", 2, 0, 1, 3);
  }

  static {
    int[] cube = item(3, 4, 5);
    // Their newest forms, so that one opset does for all.
    for (String type :
        List.of(
            "Abs",
            "Cos",
            "Elu",
            "Erf",
            "Gelu",
            "HardSigmoid",
            "HardSwish",
            "Log",
            "Mish",
            "Neg",
            "Reciprocal",
            "Selu",
            "Sin",
            "Softplus",
            "Softsign",
            "Sqrt",
            "Swish")) {
      add(type, 24, item(4), (f, b) -> f.node(type, "x"));
    }
    for (String type : List.of("Relu", "Sigmoid", "Tanh", "Exp", "Identity", "Dropout")) {
      add(type, 13, cube, (f, b) -> f.node(type, "x"));
    }
    add("LeakyRelu", 13, cube, (f, b) -> f.node("LeakyRelu", "x").number("alpha", 0.25f));
    add("Clip", 13, cube, (f, b) -> f.scalar("low", 1).scalar("high", 9).node("Clip", "x", "low"));
    add("Clip", 7, cube, (f, b) -> f.node("Clip", "x").number("min", 2).number("max", 7));
    for (String type : List.of("Add", "Sub", "Mul", "Div")) {
      add(type, 13, cube, (f, b) -> f.scalar("w", 3).node(type, "x", "w"));
      add(type, 13, cube, (f, b) -> f.node(type, "x", "x"));
      for (int[] sizes : new int[][] {{5}, {3, 1, 1}, {1, 1, 4, 1}, {2, 1, 1, 1, 1}, {3, 4, 5}}) {
        add(type, 13, cube, (f, b) -> weight(f, "w", sizes).node(type, "x", "w"));
        add(type, 13, cube, (f, b) -> weight(f, "w", sizes).node(type, "w", "x"));
      }
      // One row for each sample of the file: the batch cannot be another.
      add(type, 13, item(3), (f, b) -> weight(f, "w", Math.max(1, b), 3).node(type, "x", "w"));
    }
    for (int[] sizes : new int[][] {{5, 2}, {5}, {4, 5, 2}, {3, 5, 2}}) {
      add("MatMul", 13, item(4, 5), (f, b) -> weight(f, "w", sizes).node("MatMul", "x", "w"));
    }
    add("MatMul", 13, item(5), (f, b) -> weight(f, "w", 5, 2).node("MatMul", "x", "w"));
    add("MatMul", 13, item(4, 5), (f, b) -> weight(f, "w", 2, 4).node("MatMul", "w", "x"));
    for (int transposed = 0; transposed < 2; transposed++) {
      int t = transposed;
      for (int[] c : new int[][] {{}, {2}, {1, 2}, {1}}) {
        add(
            "Gemm",
            13,
            item(5),
            (f, b) -> {
              weight(f, "w", t == 0 ? 5 : 2, t == 0 ? 2 : 5);
              weight(f, "c", c).node("Gemm", "x", "w", "c").integer("transB", t);
            });
      }
    }
    add("Gemm", 13, item(5), (f, b) -> f.node("Gemm", "x", "x").integer("transB", 1));
    add(
        "Gemm",
        13,
        item(5),
        (f, b) -> weight(f, "w", Math.max(1, b), 2).node("Gemm", "x", "w").integer("transA", 1));
    add(
        "Gemm",
        13,
        item(5),
        (f, b) -> {
          weight(f, "w", 5, 2);
          weight(f, "c", Math.max(1, b), 1).node("Gemm", "x", "w", "c");
        });
    add(
        "Conv",
        13,
        item(4, 6, 5),
        (f, b) ->
            weight(f, "w", 6, 2, 3, 2)
                .node("Conv", "x", "w")
                .integer("group", 2)
                .integers("strides", 2, 1)
                .integers("pads", 1, 0, 1, 1));
    add("Conv", 13, item(4, 6), (f, b) -> weight(f, "w", 2, 4, 3).node("Conv", "x", "w"));
    for (String type : List.of("Max", "Min", "Sum", "Mean")) {
      add(type, 13, cube, (f, b) -> weight(f, "w", 5).node(type, "x", "w"));
      add(type, 13, cube, (f, b) -> weight(f, "w", 5).node(type, "x", "w", "x"));
      add(type, 13, cube, (f, b) -> f.node(type, "x"));
    }
    add("Pow", 15, cube, (f, b) -> f.scalar("w", 2).node("Pow", "x", "w"));
    add("Pow", 15, cube, (f, b) -> weight(f, "w", 5).node("Pow", "x", "w"));
    add("PRelu", 13, cube, (f, b) -> weight(f, "w", 3, 1, 1).node("PRelu", "x", "w"));
    for (int axis : new int[] {-1, 2, 0}) {
      add(
          "LayerNormalization",
          17,
          item(4, 5),
          (f, b) -> {
            int[] sizes = axis == 0 ? new int[] {Math.max(1, b), 4, 5} : new int[] {5};
            weight(f, "s", sizes);
            weight(f, "o", sizes);
            f.node("LayerNormalization", "x", "s", "o").integer("axis", axis);
          });
    }
    for (int axis : new int[] {-1, 1}) {
      add(
          "RMSNormalization",
          23,
          item(4, 5),
          (f, b) -> {
            weight(f, "s", axis == 1 ? new int[] {4, 5} : new int[] {5});
            f.node("RMSNormalization", "x", "s").integer("axis", axis);
          });
    }
    for (int opset : new int[] {18, 21}) {
      add(
          "GroupNormalization",
          opset,
          item(4, 5),
          (f, b) -> {
            weight(f, "s", opset == 18 ? 2 : 4);
            weight(f, "o", opset == 18 ? 2 : 4);
            f.node("GroupNormalization", "x", "s", "o").integer("num_groups", 2);
          });
    }
    add(
        "InstanceNormalization",
        13,
        item(4, 5),
        (f, b) -> {
          weight(f, "s", 4);
          weight(f, "o", 4);
          f.node("InstanceNormalization", "x", "s", "o").number("epsilon", 0.25f);
        });
    for (String pad : List.of("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")) {
      add(
          "ConvTranspose",
          13,
          item(2, 3, 4),
          (f, b) ->
              weight(f, "w", 2, 3, 3, 2)
                  .node("ConvTranspose", "x", "w")
                  .integers("strides", 2, 1)
                  .text("auto_pad", pad));
    }
    add(
        "ConvTranspose",
        13,
        item(2, 3),
        (f, b) ->
            weight(f, "w", 2, 3, 3)
                .node("ConvTranspose", "x", "w")
                .integers("strides", 3)
                .integers("output_shape", 10));
    add(
        "Upsample",
        9,
        item(2, 3, 4),
        (f, b) -> f.floats("n", new int[] {4}, 1, 1, 2, 3).node("Upsample", "x", "n"));
    for (String mode : List.of("nearest", "linear", "cubic")) {
      add(
          "Resize",
          13,
          item(2, 3, 4),
          (f, b) ->
              f.floats("n", new int[] {4}, 1, 1, 2, 1.5f)
                  .node("Resize", "x", "", "n")
                  .text("mode", mode));
      add(
          "Resize",
          19,
          item(2, 3, 4),
          (f, b) ->
              f.longs("n", 5, 2)
                  .node("Resize", "x", "", "", "n")
                  .text("mode", mode)
                  .integers("axes", 2, 3));
    }
    add(
        "Resize",
        13,
        item(2, 3, 4),
        (f, b) -> f.longs("n", Math.max(1, b), 2, 5, 4).node("Resize", "x", "", "", "n"));
    for (String mode : List.of("reflect", "edge")) {
      add(
          "Pad",
          13,
          cube,
          (f, b) -> f.longs("n", 0, 0, 1, 0, 0, 0, 0, 2).node("Pad", "x", "n").text("mode", mode));
    }
    for (String type : List.of("MaxPool", "AveragePool")) {
      add(
          type,
          13,
          item(2, 6, 5),
          (f, b) -> f.node(type, "x").integers("kernel_shape", 3, 2).integers("strides", 2, 2));
      // The batch is an axis that the window slides over.
      add(
          type,
          13,
          item(2, 6, 5),
          (f, b) -> {
            f.named("t", "Transpose", "x").integers("perm", 1, 2, 0, 3);
            f.named("p", type, "t").integers("kernel_shape", 1, 2);
            f.node("Transpose", "p").integers("perm", 2, 0, 1, 3);
          });
    }
    for (String type : List.of("GlobalAveragePool", "GlobalMaxPool")) {
      add(type, 13, item(2, 6, 5), (f, b) -> f.node(type, "x"));
    }
    add(
        "BatchNormalization",
        13,
        item(3, 4),
        (f, b) -> {
          for (String name : List.of("s", "o", "m", "v")) {
            weight(f, name, 3);
          }
          f.node("BatchNormalization", "x", "s", "o", "m", "v");
        });
    for (String type : List.of("Softmax", "LogSoftmax")) {
      each(type, cube, "axis", -1, 1, 2, 0, -4);
      add(type, 11, cube, (f, b) -> f.node(type, "x").integer("axis", 2));
      add(type, 11, cube, (f, b) -> f.node(type, "x").integer("axis", 0));
    }
    eachList(13, "ReduceMean", cube, "axes", of(2, 3), of(-1), of(0), of(1), of(-4, 1));
    add("ReduceMean", 13, cube, (f, b) -> f.node("ReduceMean", "x"));
    add(
        "ReduceMean",
        13,
        cube,
        (f, b) -> f.node("ReduceMean", "x").integers("axes", 1, 2).integer("keepdims", 0));
    each("Flatten", cube, "axis", 1, 2, 0, -1, -4);
    eachList(
        13,
        "Transpose",
        cube,
        "perm",
        of(0, 2, 3, 1),
        of(1, 0, 2, 3),
        of(3, 2, 1, 0),
        of(0, 1, 3, 2));
    for (int axis : new int[] {1, -1, 0, 2}) {
      add(
          "Concat",
          13,
          cube,
          (f, b) -> {
            f.named("r", "Relu", "x");
            f.node("Concat", "x", "r").integer("axis", axis);
          });
    }
    given("Squeeze", 13, item(1, 4, 1), of(1), of(3), of(1, -1));
    add("Squeeze", 13, item(1, 4, 1), (f, b) -> f.node("Squeeze", "x"));
    eachList(11, "Squeeze", item(1, 4, 1), "axes", of(1), of(1, 3));
    add(
        "Squeeze",
        13,
        item(4, 1),
        (f, b) -> {
          weight(f, "w", 4, 3).named("s", "Squeeze", "x");
          f.named("m", "MatMul", "s", "w");
          f.node("Softmax", "m").integer("axis", b == 1 ? 0 : 1);
        });
    given("Unsqueeze", 13, cube, of(1), of(-1, 2), of(0), of(4));
    given("Reshape", 13, cube, of(0, -1), of(0, 5, 12), of(-1, 60), of(0, 0, 20), of(-1, 3, 4, 5));
    for (long[] target : new long[][] {{1, 60}, {-1, 3}, {4, -1, 5}, {60}, {3, -1}, {1, -1}}) {
      // As exporters write it for their batch, and what takes it apart.
      given("Reshape", 13, cube, target);
    }
    add(
        "Reshape",
        13,
        cube,
        (f, b) -> f.longs("n", Math.max(b, -1), 4, 15).node("Reshape", "x", "n"));
    add(
        "Reshape",
        13,
        item(4, 5),
        (f, b) -> {
          f.longs("n", 4, -1, 5).named("r", "Reshape", "x", "n");
          f.node("Transpose", "r").integers("perm", 1, 0, 2);
        });
    long last = Long.MAX_VALUE;
    for (long[] cut : new long[][] {{1, 3, 1, 1}, {0, -1, 3, 2}, {0, 1, 0, 1}, {0, last, 0, 1}}) {
      add(
          "Slice",
          13,
          cube,
          (f, b) -> {
            for (int i = 0; i < 4; i++) {
              f.longs("n" + i, cut[i]);
            }
            f.node("Slice", "x", "n0", "n1", "n2", "n3");
          });
    }
    add(
        "Slice",
        13,
        cube,
        (f, b) -> {
          f.longs("a", -1).longs("e", Long.MIN_VALUE).longs("x0", 0).longs("s", -1);
          f.node("Slice", "x", "a", "e", "x0", "s");
        });
    add(
        "Slice",
        9,
        cube,
        (f, b) ->
            f.node("Slice", "x").integers("axes", 1).integers("starts", 0).integers("ends", 2));
    given(
        "Pad",
        13,
        cube,
        of(0, 0, 1, 0, 0, 0, 0, 2),
        of(0, 1, 0, 0, 0, 0, 0, 0),
        of(1, 0, 0, 0, 0, 0, 0, 0),
        of(0, 0, 0, 0, 1, 0, 0, 0));
    for (int axis : new int[] {1, 3, 0}) {
      add(
          "Gather",
          13,
          cube,
          (f, b) -> f.longs("n", 0).node("Gather", "x", "n").integer("axis", axis));
    }
    add("LSTM", 13, item(3, 4), (f, b) -> recurrent(f, "LSTM", 4));
    add("GRU", 13, item(3, 4), (f, b) -> recurrent(f, "GRU", 3));
    add("RNN", 13, item(3, 4), (f, b) -> recurrent(f, "RNN", 1));
    each("Cast", cube, "to", 1, 10);
    add(
        "Constant",
        13,
        cube,
        (f, b) -> {
          f.named("c", "Constant").number("value_float", 2.5f);
          f.node("Mul", "x", "c");
        });
    add(
        "ConstantOfShape",
        13,
        cube,
        (f, b) -> {
          f.longs("n", 4, 5).named("c", "ConstantOfShape", "n").tensor("value", two());
          f.node("Add", "x", "c");
        });
    for (String type : List.of("Floor", "Ceil")) {
      add(
          type,
          13,
          cube,
          (f, b) -> {
            f.scalar("s", 2.5f).named("c", type, "s");
            f.node("Mul", "x", "c");
          });
    }
    RareExamples.addTo((operator, nodes) -> add(operator, 26, cube, nodes));
    ComposedExamples.addTo((operator, nodes) -> add(operator, 26, cube, nodes));
    add(
        "Shape",
        13,
        cube,
        (f, b) -> {
          f.longs("0", 0).longs("1", 1).longs("rest", -1).named("all", "Shape", "x");
          f.named("n", "Slice", "all", "0", "1");
          f.named("target", "Concat", "n", "rest").integer("axis", 0);
          f.node("Reshape", "x", "target");
        });
  }

  private static TensorProto.Builder two() {
    return TensorProto.newBuilder()
        .addDims(1)
        .setDataType(TensorProto.DataType.FLOAT.getNumber())
        .addFloatData(2);
  }
}

package dev.graft.importers.onnx;

import dev.graft.importers.onnx.proto.TensorProto.DataType;
import java.util.List;
import java.util.function.BiConsumer;

/** Nodes of layers that become several operations: normalisations, attention, losses, volumes. */
final class ComposedExamples {

  private ComposedExamples() {}

  /** Adds examples for an input x [N,3,4,5], which takes a name and the nodes. */
  static void addTo(BiConsumer<String, BiConsumer<OnnxFile, Integer>> add) {
    normalising(add);
    products(add);
    losses(add);
    volumes(add);
    quantised(add);
  }

  private static void normalising(BiConsumer<String, BiConsumer<OnnxFile, Integer>> add) {
    add.accept("LRN", (f, b) -> f.node("LRN", "x").integer("size", 3));
    for (int axis : new int[] {1, -1, 0}) {
      add.accept(
          "LpNormalization",
          (f, b) ->
              f.node("LpNormalization", "x").integer("axis", axis).integer("p", 2 - axis % 2));
    }
    add.accept("MeanVarianceNormalization", (f, b) -> f.node("MeanVarianceNormalization", "x"));
    add.accept(
        "MeanVarianceNormalization",
        (f, b) -> f.node("MeanVarianceNormalization", "x").integers("axes", 2, 3));
    add.accept("LpPool", (f, b) -> f.node("LpPool", "x").integers("kernel_shape", 2, 2));
    add.accept("GlobalLpPool", (f, b) -> f.node("GlobalLpPool", "x").integer("p", 3));
  }

  private static void products(BiConsumer<String, BiConsumer<OnnxFile, Integer>> add) {
    for (String equation :
        List.of("nchw,dw->nchd", "nchw,chw->nc", "...w,dw->...d", "nchw->wn", "nchw,ncdw->ncdh")) {
      add.accept(
          "Einsum",
          (f, b) -> {
            int[] sizes = equation.contains("chw->") ? new int[] {3, 4, 5} : new int[] {2, 5};
            f.floats("w", sizes, new float[sizes.length == 3 ? 60 : 10]);
            if (equation.contains("ncdw")) {
              f.node("Einsum", "x", "x").text("equation", equation);
            } else if (equation.contains(",")) {
              f.node("Einsum", "x", "w").text("equation", equation);
            } else {
              f.node("Einsum", "x").text("equation", equation);
            }
          });
    }
    add.accept("Attention", (f, b) -> f.node("Attention", "x", "x", "x"));
    add.accept(
        "Attention",
        (f, b) -> f.node("Attention", "x", "x", "x").integer("is_causal", 1).number("softcap", 2));
    add.accept(
        "Attention",
        (f, b) -> {
          f.floats("m", new int[] {4, 4}, new float[16]);
          f.node("Attention", "x", "x", "x", "m").number("scale", 0.5f);
        });
  }

  private static void losses(BiConsumer<String, BiConsumer<OnnxFile, Integer>> add) {
    for (String type : List.of("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss")) {
      for (String reduction : List.of("none", "sum", "mean")) {
        add.accept(
            type,
            (f, b) -> {
              int samples = Math.max(1, b);
              f.longs("l", new long[samples * 20]).longs("n", samples, 4, 5);
              f.named("labels", "Reshape", "l", "n");
              f.node(type, "x", "labels").text("reduction", reduction);
            });
      }
    }
  }

  private static void volumes(BiConsumer<String, BiConsumer<OnnxFile, Integer>> add) {
    for (String type : List.of("MaxPool", "AveragePool", "LpPool")) {
      add.accept(
          type,
          (f, b) -> {
            f.longs("n", 0, 1, 3, 4, 5).named("v", "Reshape", "x", "n");
            f.node(type, "v").integers("kernel_shape", 2, 2, 3).integers("strides", 1, 2, 1);
          });
    }
  }

  private static void quantised(BiConsumer<String, BiConsumer<OnnxFile, Integer>> add) {
    add.accept("QuantizeLinear", (f, b) -> scaled(f).node("QuantizeLinear", "x", "s", "z"));
    add.accept(
        "QuantizeLinear",
        (f, b) -> {
          f.floats("s", new int[] {3}, 0.5f, 0.25f, 1).raw("z", DataType.INT8, 3, new byte[3]);
          f.node("QuantizeLinear", "x", "s", "z").integer("axis", 1);
        });
    add.accept(
        "DequantizeLinear",
        (f, b) -> {
          scaled(f).named("q", "QuantizeLinear", "x", "s", "z");
          f.raw("w", DataType.INT8, 5, new byte[] {1, -2, 3, 4, -5});
          f.named("d", "DequantizeLinear", "w", "s", "z");
          f.named("r", "DequantizeLinear", "q", "s", "z");
          f.node("Mul", "r", "d");
        });
    add.accept(
        "DynamicQuantizeLinear",
        (f, b) -> {
          f.named("q", "DynamicQuantizeLinear", "x").secondOutput("s").secondOutput("z");
          f.node("DequantizeLinear", "q", "s", "z");
        });
    add.accept(
        "QLinearConv",
        (f, b) -> {
          scaled(f).named("q", "QuantizeLinear", "x", "s", "z");
          f.raw("w0", DataType.INT8, 27, new byte[27]).longs("n", 1, 3, 3, 3);
          f.named("w", "Reshape", "w0", "n");
          f.ints("b", 7);
          f.node("QLinearConv", "q", "s", "z", "w", "s", "z", "s", "z", "b");
        });
    add.accept(
        "QLinearMatMul",
        (f, b) -> {
          scaled(f).named("q", "QuantizeLinear", "x", "s", "z");
          f.raw("w0", DataType.INT8, 10, new byte[10])
              .longs("n", 5, 2)
              .named("w", "Reshape", "w0", "n");
          f.node("QLinearMatMul", "q", "s", "z", "w", "s", "z", "s", "z");
        });
    add.accept(
        "ConvInteger",
        (f, b) -> {
          f.named("q", "DynamicQuantizeLinear", "x").secondOutput("s").secondOutput("z");
          f.raw("w0", DataType.INT8, 27, new byte[27]).longs("n", 1, 3, 3, 3);
          f.named("w", "Reshape", "w0", "n");
          f.node("ConvInteger", "q", "w", "z");
        });
    add.accept(
        "MatMulInteger",
        (f, b) -> {
          f.named("q", "DynamicQuantizeLinear", "x").secondOutput("s").secondOutput("z");
          f.raw("w0", DataType.INT8, 10, new byte[10])
              .longs("n", 5, 2)
              .named("w", "Reshape", "w0", "n");
          f.named("p", "MatMulInteger", "q", "w", "z");
          f.named("c", "Cast", "p").integer("to", 1);
          f.node("Mul", "c", "s");
        });
  }

  /** A scale and a zero point of one byte. */
  private static OnnxFile scaled(OnnxFile file) {
    return file.scalar("s", 0.5f).raw("z", DataType.INT8, 1, (byte) 3);
  }
}

package dev.graft.importers.onnx;

import java.util.List;
import java.util.function.BiConsumer;

/** Nodes of the operators that become others, or that are computed at import alone. */
final class RareExamples {

  private RareExamples() {}

  /** Adds examples for an input x [N,3,4,5], which takes a name and the nodes. */
  static void addTo(BiConsumer<String, BiConsumer<OnnxFile, Integer>> add) {
    for (String type :
        List.of(
            "Floor",
            "Atan",
            "Ceil",
            "Round",
            "Sign",
            "Tan",
            "Asin",
            "Acos",
            "Sinh",
            "Cosh",
            "Asinh",
            "Acosh",
            "Atanh",
            "Celu",
            "ThresholdedRelu",
            "Shrink",
            "IsNaN",
            "IsInf",
            "Trilu",
            "ReduceSum",
            "ReduceMax",
            "ReduceMin",
            "ReduceL1",
            "ReduceL2",
            "ReduceSumSquare",
            "ReduceLogSum",
            "ReduceLogSumExp")) {
      add.accept(type, (f, b) -> f.node(type, "x"));
    }
    for (String type : List.of("ReduceSum", "ReduceMax", "ReduceMin", "ReduceLogSumExp")) {
      add.accept(type, (f, b) -> f.longs("n", 1, -1).node(type, "x", "n").integer("keepdims", 0));
      add.accept(type, (f, b) -> f.longs("n", 0).node(type, "x", "n"));
    }
    for (String type : List.of("ArgMax", "ArgMin")) {
      add.accept(type, (f, b) -> f.node(type, "x").integer("axis", 1));
      add.accept(type, (f, b) -> f.node(type, "x").integer("axis", -1).integer("keepdims", 0));
      add.accept(type, (f, b) -> f.node(type, "x").integer("select_last_index", 1));
    }
    comparisons(add);
    rearranging(add);
    constants(add);
  }

  private static void comparisons(BiConsumer<String, BiConsumer<OnnxFile, Integer>> add) {
    for (String type : List.of("Greater", "Less", "Equal", "GreaterOrEqual", "LessOrEqual")) {
      add.accept(type, (f, b) -> f.scalar("w", 3).node(type, "x", "w"));
    }
    for (String type : List.of("And", "Or", "Xor")) {
      add.accept(
          type,
          (f, b) -> {
            f.scalar("w", 3).named("a", "Greater", "x", "w");
            f.scalar("v", 5).named("b", "Less", "x", "v");
            f.node(type, "a", "b");
          });
    }
    add.accept(
        "Not",
        (f, b) -> {
          f.scalar("w", 3).named("a", "Greater", "x", "w");
          f.named("n", "Not", "a");
          f.named("c", "Cast", "n").integer("to", 1);
          f.node("Mul", "x", "c");
        });
    add.accept(
        "Where",
        (f, b) -> {
          f.scalar("w", 3).named("a", "Greater", "x", "w");
          f.node("Where", "a", "x", "w");
        });
    add.accept(
        "CastLike",
        (f, b) -> {
          f.scalar("w", 3).named("c", "CastLike", "x", "w");
          f.node("Mul", "c", "x");
        });
    add.accept(
        "Cast",
        (f, b) -> {
          f.named("t", "Cast", "x").integer("to", 9);
          f.scalar("w", 3).node("Where", "t", "x", "w");
        });
  }

  private static void rearranging(BiConsumer<String, BiConsumer<OnnxFile, Integer>> add) {
    for (int axis : new int[] {1, -1, 0}) {
      add.accept(
          "Split",
          (f, b) ->
              f.node("Split", "x")
                  .integer("axis", axis)
                  .integer("num_outputs", 2)
                  .secondOutput("z"));
    }
    add.accept("Split", (f, b) -> f.longs("n", 1, 2).node("Split", "x", "n").integer("axis", 1));
    add.accept("Expand", (f, b) -> f.longs("n", 3, 4, 5).node("Expand", "x", "n"));
    add.accept("Expand", (f, b) -> f.longs("n", 2, 1, 1, 4, 5).node("Expand", "x", "n"));
    add.accept("Tile", (f, b) -> f.longs("n", 1, 2, 1, 3).node("Tile", "x", "n"));
    add.accept(
        "DepthToSpace",
        (f, b) -> {
          f.longs("n", 0, 12, 1, 5).named("r", "Reshape", "x", "n");
          f.node("DepthToSpace", "r").integer("blocksize", 2);
        });
    add.accept(
        "SpaceToDepth",
        (f, b) -> {
          f.longs("n", 0, 1, 6, 10).named("r", "Reshape", "x", "n");
          f.node("SpaceToDepth", "r").integer("blocksize", 2);
        });
    add.accept(
        "Gather", (f, b) -> f.longs("n", 2, 0, -1).node("Gather", "x", "n").integer("axis", 2));
  }

  /** Each makes a constant of stored tensors, which is added to x. */
  private static void constants(BiConsumer<String, BiConsumer<OnnxFile, Integer>> add) {
    for (String type :
        List.of("Mod", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "CumSum", "CumProd")) {
      add.accept(
          type,
          (f, b) -> {
            f.longs("a", 5, 7, 1, 2, 6).longs("zero", 0).longs("b", 3, 2, 4, 5, 2);
            f.named("w", type, "a", type.startsWith("Cum") ? "zero" : "b");
            added(f);
          });
    }
    add.accept(
        "BitShift",
        (f, b) -> {
          f.longs("a", 5, 7, 1, 2, 6).longs("b", 1);
          f.named("w", "BitShift", "a", "b").text("direction", "LEFT");
          added(f);
        });
    add.accept(
        "Range",
        (f, b) -> {
          f.scalar("a", 1).scalar("b", 6).scalar("c", 1).named("w", "Range", "a", "b", "c");
          f.node("Add", "x", "w");
        });
    add.accept(
        "Size",
        (f, b) -> {
          f.longs("a", 5, 7).named("w", "Size", "a");
          added(f);
        });
    for (String type : List.of("ReduceProd", "Hardmax", "NonZero")) {
      add.accept(
          type,
          (f, b) -> {
            f.floats("a", new int[] {5}, 1, 2, 3, 4, 5).named("w", type, "a");
            added(f);
          });
    }
    for (String type : List.of("GatherElements", "GatherND", "Compress", "TopK")) {
      add.accept(
          type,
          (f, b) -> {
            f.floats("a", new int[] {5}, 1, 2, 3, 4, 5).longs("n", 1);
            f.named("w", type, "a", "n");
            added(f);
          });
    }
    for (String type : List.of("ScatterElements", "Scatter")) {
      add.accept(
          type,
          (f, b) -> {
            f.floats("a", new int[] {5}, 1, 2, 3, 4, 5).longs("n", 1);
            f.floats("u", new int[] {1}, 7).named("w", type, "a", "n", "u");
            added(f);
          });
    }
    add.accept(
        "ScatterND",
        (f, b) -> {
          f.floats("a", new int[] {5}, 1, 2, 3, 4, 5).longs("n", 1);
          f.floats("u", new int[0], 7).named("w", "ScatterND", "a", "n", "u");
          added(f);
        });
    add.accept(
        "OneHot",
        (f, b) -> {
          f.longs("a", 3).longs("n", 5).floats("v", new int[] {2}, 1, 2);
          f.named("w", "OneHot", "a", "n", "v");
          added(f);
        });
    add.accept(
        "EyeLike",
        (f, b) -> {
          f.floats("a", new int[] {4, 5}, new float[20]).named("w", "EyeLike", "a");
          added(f);
        });
    add.accept(
        "ReverseSequence",
        (f, b) -> {
          f.floats("a", new int[] {1, 5}, 1, 2, 3, 4, 5).longs("n", 3);
          f.named("w", "ReverseSequence", "a", "n")
              .integer("batch_axis", 0)
              .integer("time_axis", 1);
          added(f);
        });
  }

  private static void added(OnnxFile file) {
    file.named("v", "Cast", "w").integer("to", 1);
    file.node("Add", "x", "v");
  }
}

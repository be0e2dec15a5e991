package dev.graft.importers.onnx.operator;

import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Reciprocal;
import dev.graft.core.op.arithmetic.Sqrt;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.normalization.GroupNormalization;
import dev.graft.core.op.normalization.InstanceNormalization;
import dev.graft.core.op.normalization.LayerNormalization;
import dev.graft.core.op.normalization.RmsNormalization;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Normalisations within a sample. */
final class SampleNormalizationOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("LayerNormalization", SampleNormalizationOperators::readLayer)
              .since(17)
              .folds(FoldRule.FLOATS)
              .writes(LayerNormalization.class, SampleNormalizationOperators::writeLayer),
          OnnxOperator.of("RMSNormalization", SampleNormalizationOperators::readRms)
              .since(23)
              .folds(FoldRule.FLOATS)
              .writes(RmsNormalization.class, SampleNormalizationOperators::writeRms),
          OnnxOperator.of("GroupNormalization", SampleNormalizationOperators::readGroup)
              .since(18)
              .folds(FoldRule.FLOATS)
              .writes(GroupNormalization.class, op -> 21, SampleNormalizationOperators::writeGroup),
          OnnxOperator.of("InstanceNormalization", SampleNormalizationOperators::readInstance)
              .folds(FoldRule.FLOATS)
              .writes(
                  InstanceNormalization.class, (op, node) -> node.number("epsilon", op.epsilon())));

  private SampleNormalizationOperators() {}

  /** Mean and 1 over the deviation, which nobody but a training graph asks for, are steps. */
  private static void readLayer(NodeCursor node) {
    int axis = node.axis("axis", -1);
    double epsilon = node.attributes().number("epsilon", 1e-5);
    node.emit(new LayerNormalization(axis, epsilon), node.inputs(3));
    if (node.hasOutput(1) || node.hasOutput(2)) {
      moments(node, axis, epsilon);
    }
  }

  private static void moments(NodeCursor node, int axis, double epsilon) {
    Shape x = node.shape(0);
    List<Integer> over = IntStream.range(x.axis(axis), x.rank()).boxed().toList();
    ReduceMean mean = new ReduceMean(over, true);
    String means = node.emitOutput(1, mean, node.input(0));
    String centred = node.emitStep("centred", new Sub(), node.input(0), means);
    String squares = node.emitStep("squares", new Mul(), centred, centred);
    String variance = node.emitStep("variance", mean, squares);
    String raised =
        node.emitStep("raised", new Add(), variance, node.number("epsilon", (float) epsilon));
    String deviation = node.emitStep("deviation", new Sqrt(), raised);
    node.emitOutput(2, new Reciprocal(), deviation);
  }

  private static void writeLayer(LayerNormalization op, NodeWriter node) {
    node.integer("axis", op.axis());
    node.number("epsilon", op.epsilon());
  }

  private static void readRms(NodeCursor node) {
    double epsilon = node.attributes().number("epsilon", 1e-5);
    node.emit(new RmsNormalization(node.axis("axis", -1), epsilon), node.inputs(2));
  }

  private static void writeRms(RmsNormalization op, NodeWriter node) {
    node.integer("axis", op.axis());
    node.number("epsilon", op.epsilon());
  }

  /** Scale and bias are one number a group before opset 21, and one a channel since. */
  private static void readGroup(NodeCursor node) {
    int groups = node.integer("num_groups", 0);
    Shape x = node.shape(0);
    if (groups < 1 || x.rank() < 2 || !x.dim(1).isKnown() || x.size(1) % groups != 0) {
      throw new ImportException(groups + " groups do not divide the channels of " + x);
    }
    List<String> reads = new ArrayList<>(node.inputs(3));
    boolean ofGroups = reads.size() == 3 && node.shape(1).equals(Shape.of(groups));
    for (int i = 1; i < 3 && ofGroups && groups != x.size(1); i++) {
      String wide = node.output() + (i == 1 ? "/scale" : "/bias");
      node.graph().addStored(wide, repeated(node.constant(i), x.size(1) / groups));
      reads.set(i, wide);
    }
    node.emit(new GroupNormalization(groups, node.attributes().number("epsilon", 1e-5)), reads);
  }

  private static Tensor repeated(Tensor perGroup, int times) {
    float[] given = perGroup.toArray();
    float[] values = new float[given.length * times];
    for (int i = 0; i < values.length; i++) {
      values[i] = given[i / times];
    }
    return Tensor.of(Shape.of(values.length), values);
  }

  private static void writeGroup(GroupNormalization op, NodeWriter node) {
    node.integer("num_groups", op.groups());
    node.number("epsilon", op.epsilon());
  }

  private static void readInstance(NodeCursor node) {
    node.emit(new InstanceNormalization(node.attributes().number("epsilon", 1e-5)), node.inputs(3));
  }
}

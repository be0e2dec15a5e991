package dev.graft.tests.golden;

import dev.graft.core.op.Add;
import dev.graft.core.op.AutoPad;
import dev.graft.core.op.AveragePool;
import dev.graft.core.op.BatchNormalization;
import dev.graft.core.op.Clip;
import dev.graft.core.op.Concat;
import dev.graft.core.op.Conv;
import dev.graft.core.op.Distillation;
import dev.graft.core.op.Div;
import dev.graft.core.op.Dropout;
import dev.graft.core.op.Exp;
import dev.graft.core.op.Flatten;
import dev.graft.core.op.Gemm;
import dev.graft.core.op.GlobalAveragePool;
import dev.graft.core.op.GlobalMaxPool;
import dev.graft.core.op.Identity;
import dev.graft.core.op.LeakyRelu;
import dev.graft.core.op.LogSoftmax;
import dev.graft.core.op.MatMul;
import dev.graft.core.op.MaxPool;
import dev.graft.core.op.MeanSquaredError;
import dev.graft.core.op.Mul;
import dev.graft.core.op.Op;
import dev.graft.core.op.Pad;
import dev.graft.core.op.ReduceMean;
import dev.graft.core.op.Relu;
import dev.graft.core.op.Reshape;
import dev.graft.core.op.Sigmoid;
import dev.graft.core.op.Slice;
import dev.graft.core.op.Softmax;
import dev.graft.core.op.SoftmaxCrossEntropy;
import dev.graft.core.op.Squeeze;
import dev.graft.core.op.Sub;
import dev.graft.core.op.Tanh;
import dev.graft.core.op.Transpose;
import dev.graft.core.op.Unsqueeze;
import dev.graft.core.op.Window;

/** From the attributes of a golden case to the operation. */
final class GoldenOps {

  private GoldenOps() {}

  static Op of(GoldenCase c) {
    return switch (c.text("op")) {
      case "Add" -> new Add();
      case "AveragePool" -> new AveragePool(window(c), c.flag("count_include_pad"));
      case "BatchNormalization" ->
          new BatchNormalization(
              c.number("epsilon"), c.number("momentum"), c.integer("training_mode") == 1);
      case "Clip" -> new Clip(c.number("min"), c.number("max"));
      case "Concat" -> new Concat(c.integer("axis"));
      case "Conv" -> new Conv(window(c), c.integer("group"));
      case "Distillation" -> new Distillation(c.number("temperature"));
      case "Div" -> new Div();
      case "Dropout" -> new Dropout(c.number("ratio"), c.flag("active"));
      case "Exp" -> new Exp();
      case "Flatten" -> new Flatten(c.integer("axis"));
      case "Gemm" ->
          new Gemm(
              c.number("alpha"),
              c.number("beta"),
              c.integer("transA") == 1,
              c.integer("transB") == 1);
      case "GlobalAveragePool" -> new GlobalAveragePool();
      case "GlobalMaxPool" -> new GlobalMaxPool();
      case "Identity" -> new Identity();
      case "LeakyRelu" -> new LeakyRelu(c.number("alpha"));
      case "LogSoftmax" -> new LogSoftmax(c.integer("axis"));
      case "MatMul" -> new MatMul();
      case "MaxPool" -> new MaxPool(window(c));
      case "MeanSquaredError" -> new MeanSquaredError();
      case "Mul" -> new Mul();
      case "Pad" -> new Pad(c.integers("pads"), c.number("value"));
      case "ReduceMean" -> new ReduceMean(c.integers("axes"), c.integer("keepdims") == 1);
      case "Relu" -> new Relu();
      case "Reshape" -> new Reshape(c.integers("shape"));
      case "Sigmoid" -> new Sigmoid();
      case "Slice" ->
          new Slice(c.longs("starts"), c.longs("ends"), c.integers("axes"), c.longs("steps"));
      case "Softmax" -> new Softmax(c.integer("axis"));
      case "SoftmaxCrossEntropy" -> new SoftmaxCrossEntropy(c.number("smoothing"));
      case "Squeeze" -> new Squeeze(c.integers("axes"));
      case "Sub" -> new Sub();
      case "Tanh" -> new Tanh();
      case "Transpose" -> new Transpose(c.integers("perm"));
      case "Unsqueeze" -> new Unsqueeze(c.integers("axes"));
      default -> throw new AssertionError("unknown operation in " + c.attributes());
    };
  }

  private static Window window(GoldenCase c) {
    return new Window(
        c.integers("kernel"),
        c.integers("strides"),
        c.integers("dilations"),
        c.integers("pads"),
        AutoPad.valueOf(c.text("auto_pad")),
        c.flag("ceil"));
  }
}

package dev.graft.core.op;

import static dev.graft.core.op.Values.CLASSES;
import static dev.graft.core.op.Values.DISTINCT;
import static dev.graft.core.op.Values.DISTRIBUTIONS;
import static dev.graft.core.op.Values.POSITIVE;

import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.Elu;
import dev.graft.core.op.activation.Gelu;
import dev.graft.core.op.activation.HardSigmoid;
import dev.graft.core.op.activation.HardSwish;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Mish;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.activation.Selu;
import dev.graft.core.op.activation.Sigmoid;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.activation.Softplus;
import dev.graft.core.op.activation.Softsign;
import dev.graft.core.op.activation.Swish;
import dev.graft.core.op.activation.Tanh;
import dev.graft.core.op.arithmetic.Abs;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Cos;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Erf;
import dev.graft.core.op.arithmetic.Exp;
import dev.graft.core.op.arithmetic.Log;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Neg;
import dev.graft.core.op.arithmetic.Reciprocal;
import dev.graft.core.op.arithmetic.Sin;
import dev.graft.core.op.arithmetic.Sqrt;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.loss.ClassIndicator;
import dev.graft.core.op.loss.Distillation;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.op.loss.SigmoidCrossEntropy;
import dev.graft.core.op.loss.SoftmaxCrossEntropy;
import dev.graft.core.op.loss.WeightedSum;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.op.normalization.Dropout;
import java.util.ArrayList;
import java.util.List;

/** Cases of products, normalisations, functions of one and two elements, and losses. */
final class ArithmeticCases {

  private ArithmeticCases() {}

  static List<OpCase> products() {
    List<OpCase> cases = new ArrayList<>();
    cases.add(matMul("matrices").with(3, 4).with(4, 5));
    cases.add(matMul("batch").with(2, 3, 4).with(2, 4, 5));
    cases.add(matMul("two batch axes").with(2, 3, 2, 4).with(2, 3, 4, 3));
    cases.add(matMul("shared right operand").with(2, 3, 4).with(4, 5));
    cases.add(matMul("shared left operand").with(3, 4).with(2, 4, 5));
    cases.add(matMul("left operand of a batch of one").with(1, 3, 4).with(2, 4, 5));
    cases.add(matMul("right operand of a batch of one").with(2, 2, 3, 4).with(1, 1, 4, 2));
    cases.add(matMul("crossed batches").with(3, 1, 2, 4).with(2, 4, 3));
    cases.add(matMul("left repeated inside").with(2, 1, 2, 3).with(2, 3, 3, 2));
    cases.add(matMul("row by matrix").with(4).with(4, 3));
    cases.add(matMul("matrix by column").with(3, 4).with(4));
    cases.add(matMul("vectors").with(4).with(4));
    cases.add(matMul("row by batch").with(4).with(2, 4, 3));
    cases.add(matMul("batch by column").with(2, 3, 4).with(4));
    cases.add(matMul("nothing to sum over").with(3, 0).with(0, 2));
    cases.add(matMul("empty batch").with(0, 3, 4).with(4, 2));
    for (int bits = 0; bits < 4; bits++) {
      boolean a = (bits & 1) == 1;
      boolean b = (bits & 2) == 2;
      OpCase plain = gemm("transposes " + a + " " + b, new Gemm(1.5, 0.5, a, b));
      plain = a ? plain.with(4, 3) : plain.with(3, 4);
      plain = b ? plain.with(5, 4) : plain.with(4, 5);
      cases.add(plain.with(5));
    }
    cases.add(gemm("no bias", new Gemm(1, 1, false, true)).with(3, 4).with(5, 4));
    cases.add(gemm("full bias", new Gemm(1, 2, false, false)).with(3, 4).with(4, 5).with(3, 5));
    cases.add(gemm("column bias", new Gemm(1, 1, false, false)).with(3, 4).with(4, 5).with(3, 1));
    cases.add(gemm("row bias", new Gemm(1, 1, false, false)).with(3, 4).with(4, 5).with(1, 5));
    cases.add(gemm("scalar bias", new Gemm(2, 3, false, false)).with(3, 4).with(4, 5).with());
    cases.add(gemm("beta 0", new Gemm(1, 0, false, false)).with(3, 4).with(4, 5).with(5));
    cases.add(gemm("empty batch", new Gemm(1, 1, false, true)).with(0, 4).with(5, 4).with(5));
    return cases;
  }

  static List<OpCase> normalisations() {
    List<OpCase> cases = new ArrayList<>();
    for (boolean training : new boolean[] {false, true}) {
      String name = "BatchNormalization " + (training ? "training" : "inference");
      Op op = new BatchNormalization(1e-2, 0.9, training);
      cases.add(normalisation(name, op, 3, 4, 3, 2, 3));
      cases.add(normalisation(name + " of vectors", op, 2, 6, 2));
      cases.add(normalisation(name + " of one picture", op, 2, 1, 2, 3, 3));
      cases.add(normalisation(name + " of sequences", op, 3, 2, 3, 4));
    }
    for (int axis : new int[] {0, 1, 2, -1, -2}) {
      cases.add(OpCase.of("Softmax axis " + axis, new Softmax(axis)).with(2, 3, 4));
      cases.add(OpCase.of("LogSoftmax axis " + axis, new LogSoftmax(axis)).with(2, 3, 4));
    }
    cases.add(OpCase.of("Softmax of one class", new Softmax(-1)).with(3, 1));
    cases.add(OpCase.of("LogSoftmax of one class", new LogSoftmax(-1)).with(3, 1));
    return cases;
  }

  static List<OpCase> functions() {
    List<OpCase> cases = new ArrayList<>();
    cases.add(OpCase.of("Relu", new Relu()).with(DISTINCT, 3, 5));
    cases.add(OpCase.of("Relu empty batch", new Relu()).with(DISTINCT, 0, 5));
    cases.add(OpCase.of("LeakyRelu", new LeakyRelu(0.1)).with(DISTINCT, 3, 5));
    cases.add(OpCase.of("LeakyRelu slope 0", new LeakyRelu(0)).with(DISTINCT, 3, 5));
    cases.add(OpCase.of("Clip", new Clip(-0.3, 0.4)).with(DISTINCT, 3, 5));
    cases.add(OpCase.of("Clip above", new Clip(0, Double.POSITIVE_INFINITY)).with(DISTINCT, 3, 5));
    cases.add(OpCase.of("Clip below", new Clip(Double.NEGATIVE_INFINITY, 0)).with(DISTINCT, 3, 5));
    cases.add(OpCase.of("Sigmoid", new Sigmoid()).with(DISTINCT, 7, 5));
    cases.add(OpCase.of("Tanh", new Tanh()).with(DISTINCT, 7, 5));
    cases.add(OpCase.of("Exp", new Exp()).with(DISTINCT, 3, 5));
    cases.add(OpCase.of("Exp of a scalar", new Exp()).with());
    for (Op op : List.of(new Log(), new Reciprocal(), new Sqrt())) {
      cases.add(OpCase.of(op.type(), op).with(POSITIVE, 3, 5));
    }
    for (Op op : List.of(new Abs(), new Cos(), new Erf(), new Neg(), new Sin())) {
      cases.add(OpCase.of(op.type(), op).with(DISTINCT, 7, 11));
    }
    // 77 values from -3.85 on: on both sides of where a hard function bends.
    cases.add(OpCase.of("Elu", new Elu(0.7)).with(DISTINCT, 7, 11));
    cases.add(OpCase.of("Gelu", new Gelu(false)).with(DISTINCT, 7, 11));
    cases.add(OpCase.of("Gelu approximate", new Gelu(true)).with(DISTINCT, 7, 11));
    cases.add(OpCase.of("HardSigmoid", new HardSigmoid(0.2, 0.5)).with(DISTINCT, 7, 11));
    cases.add(OpCase.of("HardSwish", new HardSwish()).with(DISTINCT, 7, 11));
    cases.add(OpCase.of("Mish", new Mish()).with(DISTINCT, 7, 11));
    cases.add(OpCase.of("Selu", new Selu(1.67, 1.05)).with(DISTINCT, 7, 11));
    cases.add(OpCase.of("Softplus", new Softplus()).with(DISTINCT, 7, 11));
    cases.add(OpCase.of("Softsign", new Softsign()).with(DISTINCT, 7, 11));
    cases.add(OpCase.of("Swish", new Swish(1)).with(DISTINCT, 7, 11));
    cases.add(OpCase.of("Swish steep", new Swish(1.7)).with(DISTINCT, 7, 11));
    cases.add(OpCase.of("Dropout active", new Dropout(0.4, true)).with(4, 6));
    cases.add(OpCase.of("Dropout ratio 0", new Dropout(0, true)).with(4, 6));
    cases.add(OpCase.of("Dropout inactive", new Dropout(0.4, false)).with(4, 6));
    for (Op op : List.of(new Add(), new Sub(), new Mul(), new Div())) {
      String type = op.type();
      cases.add(OpCase.of(type, op).with(2, 3, 4).with(POSITIVE, 2, 3, 4));
      cases.add(OpCase.of(type + " a vector", op).with(2, 3, 4).with(POSITIVE, 4));
      cases.add(OpCase.of(type + " to a vector", op).with(4).with(POSITIVE, 2, 3, 4));
      cases.add(OpCase.of(type + " per channel", op).with(2, 3, 2, 2).with(POSITIVE, 3, 1, 1));
      cases.add(OpCase.of(type + " crossed", op).with(2, 1, 4).with(POSITIVE, 1, 3, 1));
      cases.add(OpCase.of(type + " a scalar", op).with(2, 3).with(POSITIVE));
      cases.add(OpCase.of(type + " sizes of one", op).with(1, 2, 3).with(POSITIVE, 2, 1));
      cases.add(OpCase.of(type + " empty", op).with(0, 3).with(POSITIVE, 1, 3));
    }
    cases.add(
        OpCase.of("WeightedSum", new WeightedSum(List.of(0.3, -2.0, 0.0)))
            .with(2, 3)
            .with(2, 3)
            .with(2, 3));
    return cases;
  }

  static List<OpCase> losses() {
    List<OpCase> cases = new ArrayList<>();
    for (double smoothing : new double[] {0, 0.1}) {
      Op op = new SoftmaxCrossEntropy(smoothing);
      String name = "SoftmaxCrossEntropy smoothing " + smoothing;
      cases.add(OpCase.of(name, op).with(3, 4).with(DISTRIBUTIONS, 3, 4));
      cases.add(OpCase.of(name + " classes", op).with(3, 4).with(CLASSES, 3));
      cases.add(OpCase.of(name + " masks", op).with(2, 4, 2, 3).with(CLASSES, 2, 2, 3));
      cases.add(OpCase.of(name + " one place", op).with(3, 4, 1).with(DISTRIBUTIONS, 3, 4, 1));
      // Rows that do not add up to 1, as an unlabelled or a weighted example has them.
      cases.add(OpCase.of(name + " weighted", op).with(3, 4).with(POSITIVE, 3, 4));
    }
    for (double temperature : new double[] {0.5, 1, 4}) {
      cases.add(
          OpCase.of("Distillation T " + temperature, new Distillation(temperature))
              .with(3, 5)
              .with(3, 5));
    }
    cases.add(OpCase.of("ClassIndicator", new ClassIndicator(4)).with(CLASSES, 3));
    ClassIndicator weighted = new ClassIndicator(List.of(0.5, 2.0, 1.0, 0.0));
    cases.add(OpCase.of("ClassIndicator weighted", weighted).with(CLASSES, 3));
    cases.add(OpCase.of("SigmoidCrossEntropy", new SigmoidCrossEntropy()).with(3, 4).with(3, 4));
    cases.add(OpCase.of("MeanSquaredError", new MeanSquaredError()).with(3, 4).with(3, 4));
    cases.add(OpCase.of("MeanSquaredError of scalars", new MeanSquaredError()).with().with());
    return cases;
  }

  private static OpCase matMul(String name) {
    return OpCase.of("MatMul " + name, new MatMul());
  }

  private static OpCase gemm(String name, Gemm op) {
    return OpCase.of("Gemm " + name, op);
  }

  private static OpCase normalisation(String name, Op op, int channels, int... x) {
    // The channels are the second axis of x.
    int[] sizes = x.clone();
    sizes[1] = channels;
    return OpCase.of(name, op)
        .with(sizes)
        .with(channels)
        .with(channels)
        .with(channels)
        .with(POSITIVE, channels);
  }
}

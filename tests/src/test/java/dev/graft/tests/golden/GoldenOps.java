package dev.graft.tests.golden;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.Elu;
import dev.graft.core.op.activation.Gelu;
import dev.graft.core.op.activation.HardSigmoid;
import dev.graft.core.op.activation.HardSwish;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Mish;
import dev.graft.core.op.activation.PRelu;
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
import dev.graft.core.op.arithmetic.Atan;
import dev.graft.core.op.arithmetic.Cos;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Erf;
import dev.graft.core.op.arithmetic.Exp;
import dev.graft.core.op.arithmetic.Floor;
import dev.graft.core.op.arithmetic.Log;
import dev.graft.core.op.arithmetic.Max;
import dev.graft.core.op.arithmetic.Min;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Neg;
import dev.graft.core.op.arithmetic.Pow;
import dev.graft.core.op.arithmetic.Reciprocal;
import dev.graft.core.op.arithmetic.Sin;
import dev.graft.core.op.arithmetic.Sqrt;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Cast;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Expand;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Gather;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.PadMode;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.SliceLike;
import dev.graft.core.op.layout.Split;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.linear.Attention;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.ConvTranspose;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.logic.And;
import dev.graft.core.op.logic.Equal;
import dev.graft.core.op.logic.Greater;
import dev.graft.core.op.logic.Not;
import dev.graft.core.op.logic.Or;
import dev.graft.core.op.logic.Where;
import dev.graft.core.op.loss.ClassIndicator;
import dev.graft.core.op.loss.Distillation;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.op.loss.SigmoidCrossEntropy;
import dev.graft.core.op.loss.SoftmaxCrossEntropy;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.core.op.normalization.GroupNormalization;
import dev.graft.core.op.normalization.InstanceNormalization;
import dev.graft.core.op.normalization.LayerNormalization;
import dev.graft.core.op.normalization.RmsNormalization;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.pooling.GlobalMaxPool;
import dev.graft.core.op.pooling.MaxPool;
import dev.graft.core.op.recurrent.Activation;
import dev.graft.core.op.recurrent.Direction;
import dev.graft.core.op.recurrent.Gru;
import dev.graft.core.op.recurrent.Lstm;
import dev.graft.core.op.recurrent.Rnn;
import dev.graft.core.op.reduction.ReduceMax;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.op.reduction.ReduceSum;
import dev.graft.core.op.resizing.Coordinates;
import dev.graft.core.op.resizing.Interpolation;
import dev.graft.core.op.resizing.Nearest;
import dev.graft.core.op.resizing.Resize;
import dev.graft.core.op.resizing.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** From the attributes of a golden case to the operation. */
final class GoldenOps {

  private GoldenOps() {}

  static Op of(GoldenCase c) {
    return switch (c.text("op")) {
      case "Abs" -> new Abs();
      case "Add" -> new Add();
      case "And" -> new And();
      case "Atan" -> new Atan();
      case "Attention" -> new Attention(c.integer("heads"), c.number("scale"));
      case "AveragePool" -> new AveragePool(window(c), c.flag("count_include_pad"));
      case "BatchNormalization" ->
          new BatchNormalization(
              c.number("epsilon"), c.number("momentum"), c.integer("training_mode") == 1);
      case "ClassIndicator" -> new ClassIndicator(c.numbers("weights"));
      case "Cast" -> new Cast();
      case "Clip" -> new Clip(c.number("min"), c.number("max"));
      case "Concat" -> new Concat(c.integer("axis"));
      case "Conv" -> new Conv(window(c), c.integer("group"));
      case "ConvTranspose" ->
          new ConvTranspose(window(c), c.integers("output_padding"), c.integer("group"));
      case "Cos" -> new Cos();
      case "Distillation" -> new Distillation(c.number("temperature"));
      case "Div" -> new Div();
      case "Dropout" -> new Dropout(c.number("ratio"), c.flag("active"));
      case "Elu" -> new Elu(c.number("alpha"));
      case "Equal" -> new Equal();
      case "Erf" -> new Erf();
      case "Exp" -> new Exp();
      case "Expand" -> new Expand(c.integers("shape"));
      case "Floor" -> new Floor();
      case "Greater" -> new Greater();
      case "Not" -> new Not();
      case "Or" -> new Or();
      case "ReduceMax" -> new ReduceMax(c.integers("axes"), c.integer("keepdims") == 1);
      case "ReduceSum" -> new ReduceSum(c.integers("axes"), c.integer("keepdims") == 1);
      case "Where" -> new Where();
      case "Gather" -> new Gather(c.integer("axis"));
      case "Split" -> new Split(c.integer("axis"), c.integers("split"));
      case "Flatten" -> new Flatten(c.integer("axis"));
      case "Gelu" -> new Gelu(c.text("approximate").equals("tanh"));
      case "Gemm" ->
          new Gemm(
              c.number("alpha"),
              c.number("beta"),
              c.integer("transA") == 1,
              c.integer("transB") == 1);
      case "GlobalAveragePool" -> new GlobalAveragePool();
      case "GlobalMaxPool" -> new GlobalMaxPool();
      case "GroupNormalization" ->
          new GroupNormalization(c.integer("num_groups"), c.number("epsilon"));
      case "GRU" ->
          new Gru(
              c.integer("hidden_size"),
              direction(c),
              functions(c),
              clip(c),
              c.integer("linear_before_reset") == 1);
      case "HardSigmoid" -> new HardSigmoid(c.number("alpha"), c.number("beta"));
      case "HardSwish" -> new HardSwish();
      case "Identity" -> new Identity();
      case "InstanceNormalization" -> new InstanceNormalization(c.number("epsilon"));
      case "LayerNormalization" -> new LayerNormalization(c.integer("axis"), c.number("epsilon"));
      case "LSTM" -> new Lstm(c.integer("hidden_size"), direction(c), functions(c), clip(c));
      case "LeakyRelu" -> new LeakyRelu(c.number("alpha"));
      case "Log" -> new Log();
      case "LogSoftmax" -> new LogSoftmax(c.integer("axis"));
      case "MatMul" -> new MatMul();
      case "MaxPool" -> new MaxPool(window(c));
      case "MeanSquaredError" -> new MeanSquaredError();
      case "Max" -> new Max();
      case "Min" -> new Min();
      case "Mish" -> new Mish();
      case "Mul" -> new Mul();
      case "Neg" -> new Neg();
      case "Pad" ->
          new Pad(
              c.integers("pads"),
              PadMode.valueOf(c.text("mode").toUpperCase(Locale.ROOT)),
              c.number("value"));
      case "Pow" -> new Pow();
      case "PRelu" -> new PRelu();
      case "Reciprocal" -> new Reciprocal();
      case "RNN" -> new Rnn(c.integer("hidden_size"), direction(c), functions(c), clip(c));
      case "RMSNormalization" -> new RmsNormalization(c.integer("axis"), c.number("epsilon"));
      case "ReduceMean" -> new ReduceMean(c.integers("axes"), c.integer("keepdims") == 1);
      case "Relu" -> new Relu();
      case "Reshape" -> new Reshape(c.integers("shape"));
      case "Resize" -> resize(c);
      case "Selu" -> new Selu(c.number("alpha"), c.number("gamma"));
      case "Sigmoid" -> new Sigmoid();
      case "Sin" -> new Sin();
      case "Slice" ->
          new Slice(c.longs("starts"), c.longs("ends"), c.integers("axes"), c.longs("steps"));
      case "SliceLike" -> new SliceLike(c.integer("axis"), c.integer("like_axis"));
      case "Softmax" -> new Softmax(c.integer("axis"));
      case "SigmoidCrossEntropy" -> new SigmoidCrossEntropy();
      case "SoftmaxCrossEntropy" -> new SoftmaxCrossEntropy(c.number("smoothing"));
      case "Softplus" -> new Softplus();
      case "Softsign" -> new Softsign();
      case "Sqrt" -> new Sqrt();
      case "Squeeze" -> new Squeeze(c.integers("axes"));
      case "Sub" -> new Sub();
      case "Swish" -> new Swish(c.number("alpha"));
      case "Tanh" -> new Tanh();
      case "Transpose" -> new Transpose(c.integers("perm"));
      case "Unsqueeze" -> new Unsqueeze(c.integers("axes"));
      default -> throw new AssertionError("unknown operation in " + c.attributes());
    };
  }

  private static Direction direction(GoldenCase c) {
    return Direction.valueOf(c.text("direction").toUpperCase(Locale.ROOT));
  }

  private static List<Activation> functions(GoldenCase c) {
    List<Activation> functions = new ArrayList<>();
    for (String name : c.texts("activations")) {
      int i = functions.size();
      UnaryOp kernel =
          UnaryOp.valueOf(
              name.equals("HardSigmoid") ? "HARD_SIGMOID" : name.toUpperCase(Locale.ROOT));
      functions.add(new Activation(kernel, c.numbers("alpha").get(i), c.numbers("beta").get(i)));
    }
    return functions;
  }

  private static double clip(GoldenCase c) {
    double clip = c.number("clip");
    return clip == 0 ? Double.POSITIVE_INFINITY : clip;
  }

  private static Resize resize(GoldenCase c) {
    List<Double> scales = new ArrayList<>();
    c.attributes().path("scales").forEach(scale -> scales.add(scale.asDouble()));
    return new Resize(
        new Target(scales, c.integers("sizes")),
        new Interpolation(
            Interpolation.Kind.valueOf(c.text("mode").toUpperCase(Locale.ROOT)),
            // What PyTorch takes for the cubic function.
            -0.75,
            c.flag("antialias"),
            c.flag("antialias")),
        Coordinates.valueOf(c.text("coordinates").toUpperCase(Locale.ROOT)),
        Nearest.valueOf(c.text("nearest").toUpperCase(Locale.ROOT)));
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

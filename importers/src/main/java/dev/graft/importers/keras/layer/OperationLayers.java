package dev.graft.importers.keras.layer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.core.op.Op;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.Elu;
import dev.graft.core.op.activation.Gelu;
import dev.graft.core.op.activation.HardSigmoid;
import dev.graft.core.op.activation.HardSwish;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.activation.Sigmoid;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.activation.Softplus;
import dev.graft.core.op.activation.Swish;
import dev.graft.core.op.activation.Tanh;
import dev.graft.core.op.arithmetic.Abs;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Cos;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Erf;
import dev.graft.core.op.arithmetic.Exp;
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
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Functions that stand where a layer could, whichever Keras wrote them and by which name. */
final class OperationLayers {

  private static final Map<String, Function<OperationCall, String>> BY_NAME = new TreeMap<>();

  static {
    binary(new Add(), "add", "addv2", "bias_add", "biasadd");
    binary(new Sub(), "subtract", "sub");
    binary(new Mul(), "multiply", "mul");
    binary(new Div(), "divide", "true_divide", "truediv", "realdiv", "div");
    binary(new Max(), "maximum");
    binary(new Min(), "minimum");
    binary(new Pow(), "power", "pow");
    binary(new MatMul(), "matmul", "batchmatmulv2");
    unary(new Neg(), "negative", "neg");
    unary(new Abs(), "absolute", "abs");
    unary(new Exp(), "exp");
    unary(new Log(), "log");
    unary(new Sqrt(), "sqrt");
    unary(new Sin(), "sin");
    unary(new Cos(), "cos");
    unary(new Erf(), "erf");
    unary(new Reciprocal(), "reciprocal");
    unary(new Relu(), "relu");
    unary(new Clip(0, 6), "relu6");
    unary(new Sigmoid(), "sigmoid");
    unary(new Tanh(), "tanh");
    unary(new Softplus(), "softplus");
    unary(new Swish(1), "silu", "swish");
    unary(new Elu(1), "elu");
    unary(new HardSwish(), "hard_silu");
    unary(new HardSigmoid(1 / 6.0, 0.5), "hard_sigmoid");
    put(call -> call.tensor(0, "x"), "identity", "cast", "stop_gradient", "copy");
    put(OperationLayers::square, "square");
    put(OperationLayers::rsqrt, "rsqrt");
    put(OperationLayers::gelu, "gelu");
    put(OperationLayers::leaky, "leaky_relu");
    put(call -> along(call, Softmax::new), "softmax");
    put(call -> along(call, LogSoftmax::new), "log_softmax");
    put(OperationLayers::clip, "clip", "clip_by_value");
    put(OperationLayers::mean, "mean", "reduce_mean");
    put(OperationLayers::sum, "sum", "reduce_sum");
    put(LayoutOperations::reshape, "reshape");
    put(LayoutOperations::transpose, "transpose");
    put(LayoutOperations::swapAxes, "swapaxes");
    put(LayoutOperations::expand, "expand_dims", "expanddims");
    put(LayoutOperations::squeeze, "squeeze");
    put(LayoutOperations::concatenate, "concatenate", "concat", "concatv2");
    put(LayoutOperations::stack, "stack");
    put(Indexing::read, "get_item", "getitem");
  }

  private OperationLayers() {}

  private static void put(Function<OperationCall, String> reading, String... names) {
    for (String name : names) {
      BY_NAME.put(name, reading);
    }
  }

  private static void binary(Op op, String... names) {
    put(
        call -> call.layer().emit(op, call.tensor(0, "x", "a"), call.tensor(1, "y", "b", "bias")),
        names);
  }

  private static void unary(Op op, String... names) {
    put(call -> call.layer().emit(op, input(call)), names);
  }

  private static String input(OperationCall call) {
    return call.tensor(0, "x", "features", "input_tensor", "tensor");
  }

  /** How an operation is read; null for a layer, or a function that is not read. */
  static @Nullable KerasLayer of(LayerConfig config) {
    Function<OperationCall, String> reading = BY_NAME.get(name(config));
    return reading == null
        ? null
        : KerasLayer.of(config.className(), layer -> reading.apply(OperationCall.of(layer)));
  }

  /** What a function is called, in any version; empty for a layer. */
  private static String name(LayerConfig config) {
    return switch (config.className()) {
      case "TFOpLambda", "SlicingOpLambda" -> {
        String function = config.text("function", "");
        yield function.substring(function.lastIndexOf('.') + 1);
      }
      case "TensorFlowOpLayer" ->
          config.setting("node_def").path("op").asText().toLowerCase(Locale.ROOT);
      default -> config.isOperation() ? snakeCase(config.className()) : "";
    };
  }

  private static String snakeCase(String name) {
    return name.replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }

  private static String square(OperationCall call) {
    String x = input(call);
    return call.layer().emit(new Mul(), x, x);
  }

  private static String rsqrt(OperationCall call) {
    return call.layer().emit(new Reciprocal(), call.layer().step("sqrt", new Sqrt(), input(call)));
  }

  private static String gelu(OperationCall call) {
    boolean keras3 = call.layer().config().isOperation();
    JsonNode told = call.told(1, "approximate");
    return call.layer().emit(new Gelu(told.asBoolean(keras3)), input(call));
  }

  private static String leaky(OperationCall call) {
    return call.layer()
        .emit(new LeakyRelu(call.told(1, "negative_slope", "alpha").asDouble(0.2)), input(call));
  }

  private static String along(OperationCall call, Function<Integer, Op> op) {
    return call.layer().emit(op.apply(call.integer(1, -1, "axis")), input(call));
  }

  private static String clip(OperationCall call) {
    double least = call.told(1, "x_min", "clip_value_min").asDouble(Double.NEGATIVE_INFINITY);
    double most = call.told(2, "x_max", "clip_value_max").asDouble(Double.POSITIVE_INFINITY);
    return call.layer().emit(new Clip(least, most), call.tensor(0, "x", "t"));
  }

  private static String mean(OperationCall call) {
    List<Integer> axes = call.isTold(1, "axis") ? call.integers(1, "axis") : List.of();
    boolean keep = call.told(2, "keepdims", "keep_dims").asBoolean(false);
    return call.layer().emit(new ReduceMean(axes, keep), input(call));
  }

  /** The mean, times how many there are. */
  private static String sum(OperationCall call) {
    if (!call.isTold(1, "axis")) {
      throw call.layer().unsupported("a sum over all axes, the samples among them,");
    }
    Shape shape = call.layer().shape(input(call));
    double count = 1;
    for (int axis : call.integers(1, "axis")) {
      count *= shape.size(axis);
    }
    String mean = mean(call);
    return call.layer().step("times", new Mul(), mean, call.layer().constant("count", count));
  }
}

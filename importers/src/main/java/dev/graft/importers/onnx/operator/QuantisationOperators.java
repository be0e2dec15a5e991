package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.layout.Gather;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.GraphAssembler.Lookup;
import dev.graft.importers.graph.WholeNumbers;
import dev.graft.importers.onnx.proto.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Quantised networks (Jacob et al., CVPR 2018), read as the float32 networks that they stand for:
 * {@code real = scale (stored - zero point)}. Weights are converted once. What is quantised on its
 * way is only cut to the range of its type, which often does the work of an activation, and not
 * rounded; so outputs differ by some steps of the quantisation, which the report says.
 */
final class QuantisationOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("QuantizeLinear", QuantisationOperators::readQuantize).since(10),
          OnnxOperator.of("DequantizeLinear", QuantisationOperators::readDequantize).since(10),
          OnnxOperator.of("DynamicQuantizeLinear", QuantisationOperators::readDynamic).since(11),
          OnnxOperator.of("QLinearConv", QuantisationOperators::readConv).since(10),
          OnnxOperator.of("QLinearMatMul", QuantisationOperators::readProduct).since(10),
          OnnxOperator.of("ConvInteger", QuantisationOperators::readConvInteger).since(10),
          OnnxOperator.of("MatMulInteger", QuantisationOperators::readProductInteger).since(10));

  private static final String NOTE =
      "activations are quantised in the file: they are computed as float32 here, cut to their range"
          + " and not rounded";

  private QuantisationOperators() {}

  private static void tell(NodeCursor node) {
    if (!node.graph().warnings().contains(NOTE)) {
      node.graph().warn(NOTE);
    }
  }

  private static void readQuantize(NodeCursor node) {
    node.graph().shape(node.input(0));
    tell(node);
    node.emit(cut(node, node.term(0), 1, 2, node.integer("axis", 1)));
  }

  /**
   * {@code x} within what the type of a zero point can hold.
   *
   * @param scale which input
   * @param zero which input; if it is absent, the type is uint8 unless an attribute names it
   * @param axis along which there is a scale each
   */
  private static Term cut(NodeCursor node, Term x, int scale, int zero, int axis) {
    int type = node.has(zero) ? node.graph().fileType(node.input(zero)) : 0;
    int said = node.integer("output_dtype", 0);
    double[] range = range(type != 0 ? type : said != 0 ? said : DataType.UINT8_VALUE);
    float[] scales = node.constant(scale).toArray();
    double[] zeros = node.has(zero) ? node.known(zero).values() : new double[scales.length];
    if (zeros.length != scales.length || node.integer("block_size", 0) != 0) {
      throw new ImportException(
          "has " + scales.length + " scales for " + zeros.length + " zero points");
    }
    double[] least = new double[scales.length];
    double[] most = new double[scales.length];
    for (int i = 0; i < scales.length; i++) {
      least[i] = scales[i] * (range[0] - zeros[i]);
      most[i] = scales[i] * (range[1] - zeros[i]);
    }
    if (scales.length == 1) {
      return Term.of(new Clip(least[0], most[0]), x);
    }
    Shape shape = node.graph().shape(node.emitTerm(x));
    int[] sizes = new int[shape.rank() - shape.axis(axis)];
    Arrays.fill(sizes, 1);
    sizes[0] = scales.length;
    Shape along = Shape.of(sizes);
    return x.max(node.term(new Known(along, least, false).floats()))
        .min(node.term(new Known(along, most, false).floats()));
  }

  private static double[] range(int type) {
    return switch (type) {
      case DataType.INT8_VALUE -> new double[] {-128, 127};
      case DataType.UINT8_VALUE -> new double[] {0, 255};
      case DataType.INT16_VALUE -> new double[] {-32768, 32767};
      case DataType.UINT16_VALUE -> new double[] {0, 65535};
      default ->
          throw new ImportException("quantises to type " + type + ", which is not supported");
    };
  }

  private static void readDequantize(NodeCursor node) {
    Lookup lookup = node.graph().lookup(node.input(0));
    if (lookup != null) {
      node.emit(new Gather(lookup.axis()), List.of(table(node, lookup), lookup.indices()));
      return;
    }
    if (node.graph().integers(node.input(0)) == null) {
      // Quantised on its way: it has been kept as the number that it stands for.
      node.graph().shape(node.input(0));
      node.input(1);
      node.pass();
      return;
    }
    node.fold(stored(node, 0, 1, 2, node.integer("axis", 1)));
  }

  /** The name of the numbers that a quantised table stands for: a parameter, stored once. */
  private static String table(NodeCursor node, Lookup lookup) {
    String name = lookup.table() + "/float32";
    WholeNumbers table = node.graph().integers(lookup.table());
    if (table == null || node.constant(1).shape().elements() != 1) {
      throw new ImportException(
          "has the scales "
              + node.constant(1).shape()
              + " for what is looked up in "
              + lookup.table()
              + "; one for all is expected");
    }
    if (!node.graph().isKnown(name)) {
      node.graph().addStored(name, stored(node, table, 1, 2, 0));
    }
    return name;
  }

  /** The numbers that input {@code input} stands for. */
  private static Tensor stored(NodeCursor node, int input, int scale, int zero, int axis) {
    return stored(node, node.integers(input), scale, zero, axis);
  }

  /**
   * The numbers that a stored tensor stands for.
   *
   * @param axis along which there is a scale each, or one for each block
   */
  private static Tensor stored(
      NodeCursor node, WholeNumbers stored, int scale, int zero, int axis) {
    Shape shape = stored.shape();
    node.graph().folding().expectFloats(shape);
    Tensor given = node.constant(scale);
    float[] scales = given.toArray();
    double[] zeros = node.has(zero) ? node.known(zero).values() : new double[scales.length];
    int[] at = positions(node, shape, given.shape(), axis);
    if (zeros.length != scales.length) {
      throw new ImportException(
          "has " + scales.length + " scales for " + zeros.length + " zero points");
    }
    float[] results = new float[stored.size()];
    for (int i = 0; i < results.length; i++) {
      int which = at[0] == 0 ? 0 : (i / at[1] / at[0] * at[3] + i / at[1] % at[0] / at[2]) * at[4];
      int scaleAt = which + (at[4] > 1 ? i % at[1] : 0);
      results[i] = (float) ((stored.at(i) - zeros[scaleAt]) * scales[scaleAt]);
    }
    return Tensor.of(shape, results);
  }

  /**
   * How the scale of element i is found: the axis's size, the elements behind it, a block's length,
   * blocks along the axis, and how many scales a block has. The size is 0 where there is one scale.
   */
  private static int[] positions(NodeCursor node, Shape shape, Shape scales, int axis) {
    if (scales.elements() == 1) {
      return new int[5];
    }
    int along = shape.axis(axis);
    int n = shape.size(along);
    int inner = shape.elements(along + 1, shape.rank());
    int block = node.integer("block_size", 0);
    if (block == 0 && scales.equals(Shape.of(n))) {
      // The same for all that lies before the axis.
      return new int[] {n, inner, 1, 0, 1};
    }
    if (block > 0 && scales.equals(shape.with(along, (n + block - 1) / block))) {
      return new int[] {n, inner, block, scales.size(along), inner};
    }
    throw new ImportException("has scales " + scales + " for " + shape + " along axis " + axis);
  }

  /** The numbers that input {@code i} stands for, stored or computed. */
  private static Term real(NodeCursor node, int i, int scale, int zero, int axis) {
    boolean known = node.graph().integers(node.input(i)) != null;
    return known ? node.term(stored(node, i, scale, zero, axis)) : node.term(i);
  }

  /** Its own scale, which follows from what is fed, is 1 here. */
  private static void readDynamic(NodeCursor node) {
    node.graph().shape(node.input(0));
    tell(node);
    node.graph().addStored(node.output(1), Tensor.of(Shape.SCALAR, 1));
    node.graph().addIntegers(node.output(2), WholeNumbers.of(Shape.SCALAR, 0));
    node.graph().markReal(node.output());
    node.emit(new Identity(), node.first());
  }

  private static void readConv(NodeCursor node) {
    tell(node);
    Tensor weight = stored(node, 3, 4, 5, 0);
    List<Term> reads =
        new ArrayList<>(List.of(real(node, 0, 1, 2, 1), weight(node, node.input(3), weight)));
    if (node.has(8)) {
      reads.add(bias(node, node.constant(1).toArray()[0], node.constant(4).toArray()));
    }
    Term sum = Term.of(conv(node, weight.shape()), reads.toArray(Term[]::new));
    node.emit(cut(node, sum, 6, 7, 1));
  }

  private static Op conv(NodeCursor node, Shape weight) {
    List<Integer> kernel = ConvOperator.kernel(node, weight);
    return new Conv(WindowAttributes.read(node, kernel), node.integer("group", 1));
  }

  /** Under a name of its own, as a weight that is trained. */
  private static Term weight(NodeCursor node, String name, Tensor weight) {
    String real = name + "/float32";
    node.graph().addStored(real, weight);
    return Term.of(real);
  }

  /** Biases are stored in steps of the product of both scales. */
  private static Term bias(NodeCursor node, float scale, float[] scales) {
    Known stored = node.known(8);
    double[] values = stored.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] *= (double) scale * scales[scales.length == 1 ? 0 : i % scales.length];
    }
    return weight(node, node.input(8), new Known(stored.shape(), values, false).floats());
  }

  private static void readProduct(NodeCursor node) {
    tell(node);
    Term a = real(node, 0, 1, 2, -2);
    boolean known = node.graph().integers(node.input(3)) != null;
    Term b = known ? weight(node, node.input(3), stored(node, 3, 4, 5, -1)) : node.term(3);
    node.emit(cut(node, a.matrixProduct(b), 6, 7, -1));
  }

  private static void readConvInteger(NodeCursor node) {
    Term x = counted(node, 0, 2, 0);
    Shape shape = node.integers(1).shape();
    node.emit(Term.of(conv(node, shape), x, counted(node, 1, 3, 0)));
  }

  private static void readProductInteger(NodeCursor node) {
    node.emit(counted(node, 0, 2, -2).matrixProduct(counted(node, 1, 3, -1)));
  }

  /**
   * What is stored less its zero point; what was quantised by its own range is as it was.
   *
   * @param axis along which there is a zero point each, where there are several
   */
  private static Term counted(NodeCursor node, int i, int zero, int axis) {
    if (node.graph().integers(node.input(i)) == null) {
      if (!node.graph().isReal(node.input(i))) {
        throw new ImportException(
            "input " + i + " is quantised by a scale; only that of DynamicQuantizeLinear is known");
      }
      return node.term(i);
    }
    WholeNumbers stored = node.integers(i);
    double[] zeros = node.has(zero) ? node.known(zero).values() : new double[1];
    Shape shape = stored.shape();
    int along = zeros.length == 1 ? 0 : shape.axis(axis);
    if (zeros.length != 1 && zeros.length != shape.size(along)) {
      throw new ImportException("has " + zeros.length + " zero points for " + shape);
    }
    int inner = zeros.length == 1 ? 1 : shape.elements(along + 1, shape.rank());
    node.graph().folding().expectFloats(shape);
    float[] real = new float[stored.size()];
    for (int k = 0; k < real.length; k++) {
      real[k] = (float) (stored.at(k) - zeros[k / inner % zeros.length]);
    }
    return weight(node, node.input(i), Tensor.of(shape, real));
  }
}

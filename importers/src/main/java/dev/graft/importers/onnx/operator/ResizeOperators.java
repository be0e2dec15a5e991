package dev.graft.importers.onnx.operator;

import dev.graft.core.op.resizing.Coordinates;
import dev.graft.core.op.resizing.Interpolation;
import dev.graft.core.op.resizing.Interpolation.Kind;
import dev.graft.core.op.resizing.Nearest;
import dev.graft.core.op.resizing.Resize;
import dev.graft.core.op.resizing.Target;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.WholeNumbers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Resize and its forerunner Upsample, by scales or sizes that are known. */
final class ResizeOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Upsample", ResizeOperators::readUpsample).folds(FoldRule.FLOATS),
          OnnxOperator.of("Resize", ResizeOperators::readResize)
              .since(10)
              .folds(FoldRule.FLOATS)
              .writes(Resize.class, ResizeOperators::opset, ResizeOperators::write));

  private ResizeOperators() {}

  /** Scales are an attribute before opset 9, then an input. */
  private static void readUpsample(NodeCursor node) {
    List<Float> scales =
        node.opset() < 9 ? node.attributes().numbers("scales") : floats(node.constant(1));
    old(node, scales);
  }

  /** As Upsample had it, and Resize in opset 10. */
  private static void old(NodeCursor node, List<Float> scales) {
    Interpolation interpolation = new Interpolation(kind(node), -0.75, false, false);
    Target target = new Target(decimals(scales), List.of());
    node.emit(
        new Resize(target, interpolation, Coordinates.ASYMMETRIC, Nearest.FLOOR), node.first());
  }

  private static Kind kind(NodeCursor node) {
    return switch (node.attributes().text("mode", "nearest")) {
      case "nearest" -> Kind.NEAREST;
      case "linear", "bilinear" -> Kind.LINEAR;
      case "cubic" -> Kind.CUBIC;
      default ->
          throw new ImportException(
              "has the unknown mode " + node.attributes().text("mode", "nearest"));
    };
  }

  private static void readResize(NodeCursor node) {
    if (node.opset() < 11) {
      old(node, floats(node.constant(1)));
      return;
    }
    Attributes a = node.attributes();
    if (!a.text("keep_aspect_ratio_policy", "stretch").equals("stretch")) {
      throw new ImportException("keep_aspect_ratio_policy other than stretch is not supported");
    }
    Interpolation interpolation =
        new Interpolation(
            kind(node),
            a.number("cubic_coeff_a", -0.75),
            a.integer("exclude_outside", 0) != 0,
            a.integer("antialias", 0) != 0);
    Nearest nearest = named(Nearest.class, a.text("nearest_mode", "round_prefer_floor"));
    String coordinates = a.text("coordinate_transformation_mode", "half_pixel");
    if (coordinates.equals("tf_half_pixel_for_nn") && nearest == Nearest.FLOOR) {
      // floor((i + 1/2) / scale) is the same as rounding half_pixel's position.
      coordinates = "half_pixel";
      nearest = Nearest.ROUND_PREFER_CEIL;
    }
    node.emit(
        new Resize(target(node), interpolation, named(Coordinates.class, coordinates), nearest),
        node.first());
  }

  private static <E extends Enum<E>> E named(Class<E> type, String name) {
    try {
      return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new ImportException(
          "has the "
              + type.getSimpleName().toLowerCase(Locale.ROOT)
              + " mode "
              + name
              + ", which is not supported",
          e);
    }
  }

  private static Target target(NodeCursor node) {
    Shape x = node.shape(0);
    List<Integer> axes = node.integers("axes");
    List<Integer> over =
        axes == null
            ? IntStream.range(0, x.rank()).boxed().toList()
            : axes.stream().map(x::axis).toList();
    boolean byScales = node.has(2) && node.constant(2).shape().elements() > 0;
    List<Double> scales = new ArrayList<>(Collections.nCopies(x.rank(), 1.0));
    List<Size> sizes = new ArrayList<>(x.dims());
    List<Double> given = byScales ? decimals(floats(node.constant(2))) : List.of();
    WholeNumbers numbers = byScales ? WholeNumbers.vector() : node.integers(3);
    int count = byScales ? given.size() : numbers.size();
    if (count != over.size()) {
      throw new ImportException("resizes " + over.size() + " axes by " + count + " numbers");
    }
    for (int i = 0; i < count; i++) {
      if (byScales) {
        scales.set(over.get(i), given.get(i));
      } else if (!isBatchOfFile(node, over.get(i), numbers.get(i))) {
        sizes.set(over.get(i), numbers.get(i));
      }
    }
    return byScales ? new Target(scales, List.of()) : bySizes(x, sizes);
  }

  /** The batch that the file fixes stays as it is where it is opened. */
  private static boolean isBatchOfFile(NodeCursor node, int axis, Size size) {
    return node.graph().opensBatch()
        && node.graph().sampleAxis(node.input(0)) == axis
        && size.is(node.graph().fileBatch());
  }

  /** Where a size follows from one that is open, as twice the height, all are scales. */
  private static Target bySizes(Shape x, List<Size> sizes) {
    List<Integer> known = new ArrayList<>();
    List<Double> scales = new ArrayList<>();
    boolean open = false;
    for (int axis = 0; axis < x.rank(); axis++) {
      Size from = x.dim(axis);
      Size to = sizes.get(axis);
      if (to.equals(from)) {
        known.add(0);
        scales.add(1.0);
      } else if (to.isKnown()) {
        known.add(WholeNumbers.toInt(to.known(), "a size"));
        scales.add(from.isKnown() ? (double) to.known() / from.known() : Double.NaN);
      } else {
        open = true;
        Size factor = to.over(from);
        scales.add(factor.isKnown() ? (double) factor.known() : Double.NaN);
      }
    }
    if (open && scales.contains(Double.NaN)) {
      throw new ImportException("resizes " + x + " to " + sizes + ", which must be known");
    }
    return open ? new Target(scales, List.of()) : new Target(List.of(), known);
  }

  private static List<Double> decimals(List<Float> values) {
    return values.stream().map(Attributes::decimal).toList();
  }

  private static List<Float> floats(Tensor tensor) {
    List<Float> values = new ArrayList<>();
    for (float value : tensor.toArray()) {
      values.add(value);
    }
    return values;
  }

  private static int opset(Resize op) {
    if (op.coordinates() == Coordinates.HALF_PIXEL_SYMMETRIC) {
      return 19;
    }
    boolean axes = op.target().sizes().contains(0);
    return axes || op.interpolation().antialias() ? 18 : OnnxOperator.WRITTEN;
  }

  private static void write(Resize op, NodeWriter node) {
    Interpolation interpolation = op.interpolation();
    node.text("mode", interpolation.kind().name().toLowerCase(Locale.ROOT));
    node.text("nearest_mode", op.nearest().name().toLowerCase(Locale.ROOT));
    node.text("coordinate_transformation_mode", op.coordinates().name().toLowerCase(Locale.ROOT));
    node.number("cubic_coeff_a", interpolation.cubicA());
    node.integer("exclude_outside", interpolation.excludesOutside() ? 1 : 0);
    if (interpolation.antialias()) {
      node.integer("antialias", 1);
    }
    node.noInput();
    List<Integer> sizes = op.target().sizes();
    if (sizes.isEmpty()) {
      node.floats("scales", op.target().scales());
      return;
    }
    List<Integer> axes =
        IntStream.range(0, sizes.size()).filter(axis -> sizes.get(axis) != 0).boxed().toList();
    if (axes.size() < sizes.size()) {
      node.integers("axes", axes);
    }
    node.noInput();
    node.input("sizes", axes.stream().map(sizes::get).toList());
  }
}

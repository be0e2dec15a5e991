package dev.graft.tests.backend;

import static dev.graft.tests.backend.Geometries.inputs;
import static dev.graft.tests.backend.Geometries.outputs;
import static dev.graft.tests.backend.Geometries.weights;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.UnaryOp;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A prepared convolution or product with what follows it, held against the reference backend, where
 * it is one call after the other in double precision.
 */
final class KernelCase {

  /**
   * What follows.
   *
   * @param inPlace whether the residual is the output itself
   */
  record Tail(Epilogue epilogue, boolean inPlace) {

    private static Tail of(boolean bias, boolean residual, @Nullable UnaryOp op) {
      return new Tail(new Epilogue(bias, residual, op, op == UnaryOp.CLIP ? -0.5 : 0.25, 1), false);
    }

    private Tail onItself() {
      return new Tail(epilogue, true);
    }

    private boolean hasResidualApart() {
      return epilogue.residual() && !inPlace;
    }
  }

  static final Tail NOTHING = new Tail(Epilogue.NONE, false);

  /** Each part alone, and together. */
  static final List<Tail> TAILS =
      List.of(
          NOTHING,
          Tail.of(true, false, null),
          Tail.of(false, true, null),
          Tail.of(false, true, null).onItself(),
          Tail.of(false, false, UnaryOp.RELU),
          Tail.of(false, false, UnaryOp.CLIP),
          Tail.of(false, false, UnaryOp.LEAKY_RELU),
          Tail.of(false, false, UnaryOp.SIGMOID),
          // What no backend does in the same pass, and from a formula alone.
          Tail.of(true, false, UnaryOp.SOFTPLUS),
          Tail.of(true, true, UnaryOp.SOFTPLUS),
          Tail.of(true, false, UnaryOp.RELU),
          Tail.of(true, true, UnaryOp.RELU),
          Tail.of(true, true, UnaryOp.CLIP).onItself(),
          Tail.of(true, true, UnaryOp.LEAKY_RELU),
          Tail.of(true, true, UnaryOp.SIGMOID).onItself());

  /** What makes the kernel, for an epilogue. */
  private interface Preparation {
    Kernel prepare(Backend on, Epilogue epilogue);
  }

  private final Preparation preparation;
  private final int terms;
  private final Tail tail;
  private final Comparison comparison;
  private final Operand x;
  private final Operand w;
  private final @Nullable Operand bias;
  private final @Nullable Operand residual;
  private final Operand y;

  /**
   * @param terms of each sum
   */
  private KernelCase(
      Comparison comparison,
      Preparation preparation,
      int terms,
      int inputs,
      int weights,
      int channels,
      int outputs,
      Tail tail) {
    this.comparison = comparison;
    this.preparation = preparation;
    this.terms = terms;
    this.tail = tail;
    x = comparison.random(inputs);
    w = comparison.random(weights);
    bias = tail.epilogue().bias() ? comparison.random(channels) : null;
    residual = tail.hasResidualApart() ? comparison.random(outputs) : null;
    y =
        tail.inPlace()
            ? comparison.updated(comparison.draw(outputs, -1, 1))
            : comparison.output(outputs);
  }

  /**
   * @param changing whether the weights may change between two runs
   */
  static KernelCase of(Backend backend, ConvGeometry g, Tail tail, boolean changing) {
    return new KernelCase(
        comparison(backend, g, tail, changing),
        (on, epilogue) -> on.prepare(g, epilogue, changing),
        g.patch(),
        inputs(g),
        weights(g),
        g.outChannels(),
        outputs(g),
        tail);
  }

  /**
   * On blocks of channels.
   *
   * @param planar whether it reads a planar input
   */
  static KernelCase onBlocks(Backend backend, ConvGeometry g, Tail tail, boolean planar) {
    return new KernelCase(
        new Comparison(backend, "on blocks " + g + ", " + tail + (planar ? ", from planes" : "")),
        (on, epilogue) ->
            on == backend
                ? new OnBlocks(on).kernel(g, epilogue, planar)
                : on.prepare(g, epilogue, false),
        g.patch(),
        inputs(g),
        weights(g),
        g.outChannels(),
        outputs(g),
        tail);
  }

  /**
   * @param changing whether the weights may change between two runs
   */
  static KernelCase of(Backend backend, GemmGeometry g, Tail tail, boolean changing) {
    return new KernelCase(
        comparison(backend, g, tail, changing),
        (on, epilogue) -> on.prepare(g, epilogue, changing),
        g.k(),
        g.m() * g.k(),
        g.k() * g.n(),
        g.n(),
        g.m() * g.n(),
        tail);
  }

  private static Comparison comparison(Backend backend, Object g, Tail tail, boolean changing) {
    String weights = changing ? ", changing" : "";
    return new Comparison(backend, "prepared " + g + ", " + tail + weights);
  }

  KernelCase run() {
    comparison.run(
        b -> {
          Kernel kernel = preparation.prepare(b, epilogue(b));
          long bytes = kernel.bytes();
          kernel.pack(w.on(b));
          assertThat(kernel.bytes()).as("bytes, %s", tail).isEqualTo(bytes);
          Buffer added = tail.inPlace() ? y.on(b) : Operand.on(b, residual);
          kernel.run(x.on(b), Operand.on(b, bias), added, y.on(b));
        });
    return this;
  }

  /** Magnitudes are wanted of what the activation is applied to. */
  private Epilogue epilogue(Backend b) {
    Epilogue e = tail.epilogue();
    return b == comparison.magnitudes() ? new Epilogue(e.bias(), e.residual(), null, 0, 0) : e;
  }

  /** The result is as good as that of a sum of the products, bias and residual. */
  void isSum() {
    isWithin(i -> 0);
  }

  /**
   * The same, where the convolution itself may have strayed further.
   *
   * @param further by how much, for each element
   */
  void isWithin(IntToDoubleFunction further) {
    // The products, bias and residual.
    double gamma = Rounding.gamma(terms + 2);
    double[] magnitude = y.magnitude();
    double[] expected = y.expected();
    double slope = slope();
    double own = Rounding.gamma(ownRoundings());
    comparison.isWithin(
        y,
        i ->
            slope * (gamma * magnitude[i] + further.applyAsDouble(i))
                + own * Math.abs(expected[i])
                + Float.MIN_NORMAL);
  }

  /** How much an activation can magnify an error. */
  private double slope() {
    return tail.epilogue().activation() == UnaryOp.SIGMOID ? 0.25 : 1;
  }

  /** As the contract of the functions by themselves has it. */
  private int ownRoundings() {
    UnaryOp op = tail.epilogue().activation();
    if (op == UnaryOp.SIGMOID) {
      return 8;
    }
    if (op == UnaryOp.SOFTPLUS) {
      // An exponential function, a logarithm, a sum.
      return 17;
    }
    return op == UnaryOp.LEAKY_RELU ? 1 : 0;
  }
}

package dev.graft.importers.onnx.operator;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.recurrent.Activation;
import dev.graft.importers.ExportException;
import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The functions within recurrent operators, as their attributes name them. Coefficients stand in
 * two lists of their own, without a place for functions that have none.
 */
enum RecurrentFunctions {
  SIGMOID("Sigmoid", UnaryOp.SIGMOID, null, null),
  TANH("Tanh", UnaryOp.TANH, null, null),
  RELU("Relu", UnaryOp.RELU, null, null),
  SOFTSIGN("Softsign", UnaryOp.SOFTSIGN, null, null),
  SOFTPLUS("Softplus", UnaryOp.SOFTPLUS, null, null),
  LEAKY_RELU("LeakyRelu", UnaryOp.LEAKY_RELU, 0.01, null),
  ELU("Elu", UnaryOp.ELU, 1.0, null),
  HARD_SIGMOID("HardSigmoid", UnaryOp.HARD_SIGMOID, 0.2, 0.5),
  AFFINE("Affine", UnaryOp.AFFINE, 1.0, 0.0);

  private static final String NAMES = "activations";
  private static final String ALPHAS = "activation_alpha";
  private static final String BETAS = "activation_beta";

  private final String name;
  private final UnaryOp kernel;
  private final @Nullable Double alpha;
  private final @Nullable Double beta;

  /**
   * @param alpha the first coefficient where none is given; null for a function without
   * @param beta the same for the second
   */
  RecurrentFunctions(String name, UnaryOp kernel, @Nullable Double alpha, @Nullable Double beta) {
    this.name = name;
    this.kernel = kernel;
    this.alpha = alpha;
    this.beta = beta;
  }

  /** The functions that a node names; {@code absent} where it names none. */
  static List<Activation> read(NodeCursor node, List<Activation> absent) {
    Attributes a = node.attributes();
    if (!a.has(NAMES)) {
      return absent;
    }
    Iterator<Float> alphas = a.numbers(ALPHAS).iterator();
    Iterator<Float> betas = a.numbers(BETAS).iterator();
    List<Activation> functions = new ArrayList<>();
    for (String named : a.texts(NAMES)) {
      RecurrentFunctions function = named(named);
      functions.add(
          new Activation(
              function.kernel, next(function.alpha, alphas), next(function.beta, betas)));
    }
    return functions;
  }

  private static RecurrentFunctions named(String name) {
    // As the operators' text has it, and as ONNX Runtime reads it, case does not count.
    return Arrays.stream(values())
        .filter(function -> function.name.equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ImportException(
                    "has the activation "
                        + name
                        + ", expected one of "
                        + Arrays.stream(values()).map(f -> f.name).toList()));
  }

  private static double next(@Nullable Double absent, Iterator<Float> given) {
    if (absent == null) {
      return 0;
    }
    return given.hasNext() ? Attributes.decimal(given.next()) : absent;
  }

  /** Writes the functions of a node. */
  static void write(List<Activation> functions, NodeWriter node) {
    List<String> names = new ArrayList<>();
    List<Double> alphas = new ArrayList<>();
    List<Double> betas = new ArrayList<>();
    for (Activation activation : functions) {
      RecurrentFunctions function = of(activation);
      names.add(function.name);
      if (function.alpha != null) {
        alphas.add(activation.alpha());
      }
      if (function.beta != null) {
        betas.add(activation.beta());
      }
    }
    node.texts(NAMES, names);
    if (!alphas.isEmpty()) {
      node.numbers(ALPHAS, alphas);
    }
    if (!betas.isEmpty()) {
      node.numbers(BETAS, betas);
    }
  }

  private static RecurrentFunctions of(Activation activation) {
    return Arrays.stream(values())
        .filter(function -> function.kernel == activation.kernel())
        .findFirst()
        .orElseThrow(
            () ->
                new ExportException(
                    "the activation " + activation.kernel() + " has no place in an ONNX file"));
  }
}

package dev.graft.importers.keras.layer;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;
import dev.graft.core.op.Op;
import dev.graft.core.op.recurrent.Activation;
import dev.graft.core.op.recurrent.Direction;
import dev.graft.core.op.recurrent.Gru;
import dev.graft.core.op.recurrent.Lstm;
import dev.graft.core.op.recurrent.Recurrent;
import dev.graft.core.op.recurrent.Rnn;
import dev.graft.importers.ImportException;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.List;

/**
 * A kind of recurrent layer, in Keras's terms.
 *
 * @param gates Keras's gate for each of ONNX's, in ONNX's order
 * @param oldGates the letters of Keras 2's gates in the order in which Keras 1 lists them, each
 *     with arrays of its own; empty where there is one gate
 * @param fused the letters in the order of Keras 2
 * @param op makes the operation
 */
record RecurrentKind(List<Integer> gates, String oldGates, String fused, Maker op) {

  /** Makes an operation for the config of a layer that goes one way. */
  @FunctionalInterface
  interface Maker {
    Recurrent make(LayerConfig config, Direction direction);
  }

  /** Keras: input, forget, candidate, output. ONNX: input, output, forget, candidate. */
  static final RecurrentKind LSTM =
      new RecurrentKind(
          List.of(0, 3, 1, 2),
          "icfo",
          "ifco",
          (config, direction) -> {
            Activation gate = function(config, "recurrent_activation", gateDefault(config));
            Activation cell = function(config, "activation", "tanh");
            return new Lstm(
                config.integer("units"),
                direction,
                List.of(gate, cell, cell),
                Double.POSITIVE_INFINITY);
          });

  /** Keras and ONNX: update, reset, candidate. */
  static final RecurrentKind GRU =
      new RecurrentKind(
          List.of(0, 1, 2),
          "zrh",
          "zrh",
          (config, direction) -> {
            Activation gate = function(config, "recurrent_activation", gateDefault(config));
            Activation state = function(config, "activation", "tanh");
            return new Gru(
                config.integer("units"),
                direction,
                List.of(gate, state),
                Double.POSITIVE_INFINITY,
                hasTwoBiases(config));
          });

  /** One function of both products. */
  static final RecurrentKind SIMPLE =
      new RecurrentKind(
          List.of(0),
          "",
          "",
          (config, direction) ->
              new Rnn(
                  config.integer("units"),
                  direction,
                  List.of(function(config, "activation", "tanh")),
                  Double.POSITIVE_INFINITY));

  /** A GRU that resets the state's product needs a bias in there; NVIDIA's cells always have it. */
  static boolean hasTwoBiases(LayerConfig config) {
    return config.className().startsWith("CuDNN") || config.bool("reset_after", false);
  }

  /** Keras 3 has smooth gates; before, what was not said was bent. */
  static String gateDefault(LayerConfig config) {
    boolean smooth = config.origin().major() == 3 || config.className().startsWith("CuDNN");
    return smooth ? "sigmoid" : "hard_sigmoid";
  }

  static Activation function(LayerConfig config, String setting, String absent) {
    Op op = Activations.of(config, setting, absent);
    if (op == null) {
      return new Activation(UnaryOp.AFFINE, 1, 0);
    }
    if (op instanceof Elementwise function) {
      return new Activation(function.kernel(), function.alpha(), function.beta());
    }
    throw new ImportException("the activation " + op.type() + " is not supported within a cell");
  }
}

package dev.graft.importers.onnx.operator;

import dev.graft.core.op.recurrent.Activation;
import dev.graft.core.op.recurrent.Direction;
import dev.graft.core.op.recurrent.Gru;
import dev.graft.core.op.recurrent.Lstm;
import dev.graft.core.op.recurrent.Recurrent;
import dev.graft.core.op.recurrent.Rnn;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.WholeNumbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Layers that go through a sequence; never carried out at import. */
final class RecurrentOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("LSTM", RecurrentOperators::readLstm)
              .writes(Lstm.class, RecurrentOperators::write),
          OnnxOperator.of("GRU", RecurrentOperators::readGru)
              .writes(Gru.class, RecurrentOperators::writeGru),
          OnnxOperator.of("RNN", RecurrentOperators::readRnn)
              .writes(Rnn.class, RecurrentOperators::write));

  private RecurrentOperators() {}

  private static void readLstm(NodeCursor node) {
    if (node.integer("input_forget", 0) != 0) {
      throw new ImportException("couples its input and forget gates, which is not supported");
    }
    Lstm plain = Lstm.of(hidden(node), direction(node));
    List<Activation> functions = RecurrentFunctions.read(node, plain.activations());
    Lstm lstm = new Lstm(plain.hidden(), plain.direction(), functions, clip(node));
    if (node.has(Recurrent.INITIAL + lstm.states())) {
      throw new ImportException("has peepholes, which are not supported");
    }
    emit(node, lstm);
  }

  private static void readGru(NodeCursor node) {
    boolean first = node.integer("linear_before_reset", 0) != 0;
    Gru plain = Gru.of(hidden(node), direction(node), first);
    List<Activation> functions = RecurrentFunctions.read(node, plain.activations());
    emit(node, new Gru(plain.hidden(), plain.direction(), functions, clip(node), first));
  }

  private static void readRnn(NodeCursor node) {
    Rnn plain = Rnn.of(hidden(node), direction(node));
    List<Activation> functions = RecurrentFunctions.read(node, plain.activations());
    emit(node, new Rnn(plain.hidden(), plain.direction(), functions, clip(node)));
  }

  private static int hidden(NodeCursor node) {
    int hidden = node.shape(Recurrent.R, 3).size(2);
    int said = node.integer("hidden_size", hidden);
    if (said != hidden) {
      throw new ImportException("hidden_size " + said + " does not match its weights of " + hidden);
    }
    return hidden;
  }

  private static Direction direction(NodeCursor node) {
    String said = node.attributes().text("direction", text(Direction.FORWARD));
    return Arrays.stream(Direction.values())
        .filter(direction -> text(direction).equals(said))
        .findFirst()
        .orElseThrow(
            () ->
                new ImportException(
                    "has the direction " + said + ", expected forward, reverse or bidirectional"));
  }

  private static String text(Direction direction) {
    return direction.name().toLowerCase(Locale.ROOT);
  }

  private static double clip(NodeCursor node) {
    return node.attributes().number("clip", Double.POSITIVE_INFINITY);
  }

  private static void emit(NodeCursor node, Recurrent layer) {
    if (node.integer("layout", 0) != 0) {
      throw new ImportException(
          "has the samples first (layout 1), which is not supported; transpose before and behind");
    }
    List<String> reads = new ArrayList<>(node.optionalInputs(Recurrent.INITIAL + layer.states()));
    if (node.has(Recurrent.LENGTHS)) {
      expectWhole(node);
      reads.set(Recurrent.LENGTHS, "");
    }
    // Exporters write the zeros that an absent state means, for the batch they traced.
    for (int i = Recurrent.INITIAL; i < reads.size(); i++) {
      Tensor state = node.graph().stored(reads.get(i));
      boolean zero = node.graph().isZero(reads.get(i));
      if (zero || state != null && isZero(state.toArray())) {
        reads.set(i, "");
      }
    }
    aloneWhereZero(node, layer, reads.get(Math.min(Recurrent.B, reads.size() - 1)));
    while (reads.get(reads.size() - 1).isEmpty()) {
      reads.remove(reads.size() - 1);
    }
    node.emit(layer, reads, 1 + layer.states());
  }

  /** Lengths that are all that of the input say nothing. */
  private static void expectWhole(NodeCursor node) {
    WholeNumbers lengths = node.graph().integers(node.input(Recurrent.LENGTHS));
    Size steps = node.shape(Recurrent.X, 3).dim(0);
    boolean whole = lengths != null;
    for (int i = 0; whole && i < lengths.size(); i++) {
      whole = lengths.get(i).equals(steps);
    }
    if (!whole) {
      throw new ImportException(
          "takes sequences of several lengths (sequence_lens), which is not supported;"
              + " export it for sequences of one length");
    }
  }

  /**
   * Biases of the state that are zero are those that other systems lack, which train one number for
   * each unit, not two.
   */
  private static void aloneWhereZero(NodeCursor node, Recurrent layer, String biases) {
    Tensor both = node.graph().stored(biases);
    int units = layer.gates() * layer.hidden();
    Shape whole = Shape.of(layer.direction().count(), 2 * units);
    if (both == null || !both.shape().equals(whole)) {
      return;
    }
    float[] values = both.toArray();
    float[] alone = new float[values.length / 2];
    for (int way = 0; way < layer.direction().count(); way++) {
      int from = way * 2 * units;
      System.arraycopy(values, from, alone, way * units, units);
      if (!isZero(Arrays.copyOfRange(values, from + units, from + 2 * units))) {
        return;
      }
    }
    node.graph().addStored(biases, Tensor.of(whole.with(1, units), alone));
  }

  private static boolean isZero(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private static void writeGru(Gru gru, NodeWriter node) {
    write(gru, node);
    node.integer("linear_before_reset", gru.linearBeforeReset() ? 1 : 0);
  }

  /** Files have biases of the state in any case. */
  private static void write(Recurrent layer, NodeWriter node) {
    if (node.has(Recurrent.B)) {
      node.pad(Recurrent.B, 2 * layer.gates() * layer.hidden());
    }
    node.integer("hidden_size", layer.hidden());
    node.text("direction", text(layer.direction()));
    RecurrentFunctions.write(layer.activations(), node);
    if (layer.clip() != Double.POSITIVE_INFINITY) {
      node.number("clip", layer.clip());
    }
  }
}

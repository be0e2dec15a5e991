package dev.graft.importers.keras.layer;

import java.util.List;

/** What {@code Bidirectional} may wrap: layers that can go backwards through a sequence. */
final class SequenceLayers {

  private SequenceLayers() {}

  /** Reads such a layer; its outputs keep the places of their steps, whichever way it goes. */
  static List<String> aligned(LayerCursor layer) {
    return switch (layer.config().className()) {
      case "LSTM", "CuDNNLSTM" -> RecurrentLayers.read(layer, RecurrentKind.LSTM, true);
      case "GRU", "CuDNNGRU" -> RecurrentLayers.read(layer, RecurrentKind.GRU, true);
      case "SimpleRNN" -> RecurrentLayers.read(layer, RecurrentKind.SIMPLE, true);
      case "ConvLSTM2D" -> ConvLstmLayers.read(layer, true);
      default -> throw layer.unsupported("a Bidirectional around " + layer.config().className());
    };
  }
}

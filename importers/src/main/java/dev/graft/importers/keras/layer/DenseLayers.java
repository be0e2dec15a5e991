package dev.graft.importers.keras.layer;

import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.layout.Gather;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.List;

/** Products with a matrix, and looking up its rows. */
final class DenseLayers {

  static final List<KerasLayer> ALL =
      List.of(
          KerasLayer.of("Dense", DenseLayers::dense)
              .alias("TimeDistributedDense")
              .with(KerasLayer::kernelAndBias),
          KerasLayer.of("Embedding", DenseLayers::embedding)
              .with(config -> List.of(WeightSlot.trained("embeddings"))));

  private DenseLayers() {}

  /** {@code x [N,…,in]} times {@code kernel [in,units]}. */
  private static String dense(LayerCursor layer) {
    LayerConfig config = layer.config();
    String x = layer.input();
    int in = layer.shape(x).size(-1);
    int units = config.integer("units");
    String kernel = layer.weight("kernel", Shape.of(in, units));
    boolean biased = config.bool("use_bias", true);
    String y;
    if (layer.rank(x) == 2) {
      Gemm product = new Gemm(1, 1, false, false);
      y =
          biased
              ? layer.emit(product, x, kernel, layer.weight("bias", Shape.of(units)))
              : layer.emit(product, x, kernel);
    } else {
      y = layer.emit(new MatMul(), x, kernel);
      if (biased) {
        y = layer.step("add", new Add(), y, layer.weight("bias", Shape.of(units)));
      }
    }
    return Activations.apply(layer, y);
  }

  private static String embedding(LayerCursor layer) {
    LayerConfig config = layer.config();
    Shape table = Shape.of(config.integer("input_dim"), config.integer("output_dim"));
    String rows = layer.emit(new Gather(0), layer.weight("embeddings", table), layer.input());
    if (config.bool("mask_zero", false)) {
      layer.mask(rows);
    }
    return rows;
  }
}

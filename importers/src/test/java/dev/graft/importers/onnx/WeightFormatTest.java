package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ExportException;
import dev.graft.importers.ModelReader;
import dev.graft.importers.element.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that are written small, and what comes back. */
class WeightFormatTest {

  @TempDir private Path folder;

  private static Model network() {
    GraphBuilder g = new GraphBuilder(8);
    String x = g.input("x", Shape.of(3, 12, 12));
    x = g.relu(g.conv("conv", x, 24, Window.square(3, 1, 1), 1, true));
    return g.build(g.linear("fc", g.flatten(g.globalAveragePool(x)), 40));
  }

  private Model written(Model model, WeightFormat format) {
    Path file = folder.resolve(format.label() + ".onnx");
    OnnxWriter.write(model, file, format);
    return ModelReader.read(file);
  }

  private static void expectNear(Model found, Model wanted, double share) {
    assertThat(found.graph().nodes()).isEqualTo(wanted.graph().nodes());
    // They can be trained as before.
    assertThat(found.graph().stored(Role.PARAMETER))
        .isEqualTo(wanted.graph().stored(Role.PARAMETER));
    for (String name : wanted.weights().names()) {
      float[] a = found.weights().get(name).toArray();
      float[] b = wanted.weights().get(name).toArray();
      float largest = 0;
      for (float value : b) {
        largest = Math.max(largest, Math.abs(value));
      }
      for (int i = 0; i < b.length; i++) {
        assertThat(Math.abs(a[i] - b[i])).as(name).isLessThanOrEqualTo((float) share * largest);
      }
    }
  }

  /** Half a step: 2^-11 of a half's value, 1/254 of a channel's largest. */
  @Test
  void smallWeights_areReadAsTheSameNetwork_withinHalfAStep() throws IOException {
    Model model = network();
    expectNear(written(model, WeightFormat.FLOAT16), model, 0x1p-11);
    expectNear(written(model, WeightFormat.INT8), model, 1.0 / 254 + 1e-6);
    expectNear(written(model, WeightFormat.FLOAT32), model, 0);
    long whole = Files.size(folder.resolve("float32.onnx"));
    assertThat(Files.size(folder.resolve("float16.onnx"))).isLessThan(whole * 3 / 4);
    assertThat(Files.size(folder.resolve("int8.onnx"))).isLessThan(whole * 2 / 3);
  }

  @Test
  void whatTheFormatCannotHold_isRefusedByTheWeightsName() {
    Model model = network();
    Map<String, Tensor> changed = new HashMap<>();
    model.weights().names().forEach(name -> changed.put(name, model.weights().get(name)));
    float[] large = changed.get("fc.weight").toArray();
    large[7] = 70000;
    changed.put("fc.weight", Tensor.of(changed.get("fc.weight").shape(), large));
    assertThatThrownBy(() -> written(model.with(Weights.of(changed)), WeightFormat.FLOAT16))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("fc.weight: holds 70000.0, beyond the 65504 of float16");
    large[7] = Float.NaN;
    changed.put("fc.weight", Tensor.of(changed.get("fc.weight").shape(), large.clone()));
    assertThatThrownBy(() -> written(model.with(Weights.of(changed)), WeightFormat.INT8))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("fc.weight: holds NaN");
  }

  /**
   * All 65,536 come back, and what lies between two goes to the nearest, the even one in the
   * middle.
   */
  @Test
  void halves_areRoundedToNearest() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = ElementType.half(bits);
      if (!Float.isNaN(value)) {
        assertThat(ElementType.toHalf(value) & 0xFFFF).isEqualTo(bits);
      }
    }
    assertThat(ElementType.half(ElementType.toHalf(Float.NaN) & 0xFFFF)).isNaN();
    long seed = 3;
    for (int i = 0; i < 100_000; i++) {
      int lower = Rng.below(Rng.key(seed), i, 0x7BFF);
      float a = ElementType.half(lower);
      float b = ElementType.half(lower + 1);
      float middle = (a + b) / 2;
      assertThat(ElementType.toHalf(middle) & 0xFFFF)
          .as("seed %d, %s", seed, middle)
          .isEqualTo(lower + (lower & 1));
      assertThat(ElementType.toHalf(Math.nextUp(middle)) & 0xFFFF).isEqualTo(lower + 1);
      assertThat(ElementType.toHalf(-Math.nextDown(middle)) & 0xFFFF).isEqualTo(lower | 0x8000);
    }
  }
}

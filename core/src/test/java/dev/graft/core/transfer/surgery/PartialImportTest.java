package dev.graft.core.transfer.surgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.Toy;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Weights by name and shape, with every tensor told. */
class PartialImportTest {

  @Test
  void everyTensor_isLoaded_orKeptWithItsReason_orUnused() {
    Model model = Toy.plain();
    Map<String, Tensor> file = new LinkedHashMap<>();
    file.put("first.bias", Tensor.of(Shape.of(12), new float[12]));
    file.put("module.second.bias", Tensor.of(Shape.of(8), 1, 2, 3, 4, 5, 6, 7, 8));
    file.put("head.weight", Tensor.zeros(Shape.of(1000, 8)));
    file.put("neck.weight", Tensor.zeros(Shape.of(3, 3)));
    PartialImport imported = PartialImport.of(model, Weights.of(file));
    assertThat(imported.loaded()).containsExactlyInAnyOrder("first.bias", "second.bias");
    assertThat(imported.model().weights().get("second.bias").toArray())
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(imported.kept())
        .hasSize(model.weights().names().size() - 2)
        .contains("head.weight [2,8]: the file has [1000,8]", "head.bias [2]: not in the file");
    assertThat(imported.unused()).containsExactly("neck.weight");
    assertThat(imported.summary())
        .isEqualTo("2 tensors loaded, 4 kept as they were, 1 of the file unused");
    // The given model is as it was.
    assertThat(Toy.same(model.weights(), Toy.plain().weights(), model.weights().names())).isTrue();
  }
}

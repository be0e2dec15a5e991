package dev.graft.importers.keras.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.tensor.Shape;
import dev.graft.importers.graph.ReadAllowance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the library cannot write is written around. */
class Hdf5WriterTest {

  @TempDir private Path folder;

  private Hdf5 again(Map<String, List<ArrayEntry>> layers) throws IOException {
    Path file = folder.resolve("weights.h5");
    Hdf5Writer.writeLists(file, layers, "2.15.0", "");
    try (var all = Files.list(folder)) {
      assertThat(all).containsExactly(file);
    }
    return Hdf5.open(file, ReadAllowance.ofFile(Files.size(file)));
  }

  @Test
  void namesBeyondAnObjectHeader_areSplit() throws IOException {
    List<ArrayEntry> many = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      many.add(
          new ArrayEntry(
              "a_layer_with_a_long_name/part_" + i + "/kernel:0", Shape.of(1), new float[] {i}));
    }
    try (Hdf5 file = again(Map.of("layer", many))) {
      assertThat(file.texts("layer", "weight_names"))
          .containsExactlyElementsOf(many.stream().map(ArrayEntry::name).toList());
      assertThat(file.array("layer/" + many.get(1999).name()).read().toArray())
          .containsExactly(1999);
    }
  }

  @Test
  void shapesAreKept_andWhatIsEmptyIsLeftOut() throws IOException {
    Map<String, List<ArrayEntry>> layers = new TreeMap<>();
    layers.put("empty", List.of(new ArrayEntry("w:0", Shape.of(0, 2), new float[0])));
    layers.put("none", List.of());
    layers.put(
        "some",
        List.of(
            new ArrayEntry("count:0", Shape.SCALAR, new float[] {3}),
            new ArrayEntry("some/w:0", Shape.of(1, 2, 3), new float[] {1, 2, 3, 4, 5, 6})));
    try (Hdf5 file = again(layers)) {
      assertThat(file.texts("", "layer_names")).containsExactly("some");
      assertThat(file.text("", "keras_version")).isEqualTo("2.15.0");
      assertThat(file.text("", "backend")).isEqualTo("tensorflow");
      assertThat(file.array("some/count:0").shape()).isEqualTo(Shape.SCALAR);
      assertThat(file.array("some/some/w:0").shape()).isEqualTo(Shape.of(1, 2, 3));
      assertThat(file.array("some/some/w:0").read().toArray()).containsExactly(1, 2, 3, 4, 5, 6);
    }
  }
}

package dev.graft.tests.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.transfer.surgery.Surgery;
import dev.graft.importers.ExportException;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.keras.KerasWriter;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trained weights go back into the arrays that they came from, whatever the reader did to them. */
class KerasWriterTest {

  @TempDir private Path folder;

  private static Path fixture(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(KerasWriterTest.class.getResource("/golden/keras/" + name)).toURI());
  }

  /** All that is stored, twice as large, by way of a file as a run leaves it. */
  private Model trained(Model model) {
    Map<String, Tensor> changed = new HashMap<>();
    for (String name : model.weights().names()) {
      Tensor old = model.weights().get(name);
      float[] values = old.toArray();
      for (int i = 0; i < values.length; i++) {
        values[i] *= 2;
      }
      changed.put(name, Tensor.of(old.shape(), values));
    }
    Path run = folder.resolve("model.onnx");
    ModelWriter.write(model.with(model.weights().with(changed)), run);
    return ModelReader.read(run);
  }

  @ParameterizedTest
  @ValueSource(strings = {"forms.h5", "frozen.h5", "operations.h5", "attention.h5"})
  void everyArrayIsRenewed(String name) throws URISyntaxException {
    Path original = fixture(name);
    Path out = folder.resolve("out.h5");
    KerasWriter.Written written =
        KerasWriter.write(trained(ModelReader.read(original)), original, out);
    assertThat(written.leftOut()).isEmpty();
    Map<String, float[]> before = arrays(original, "model_weights");
    Map<String, float[]> after = arrays(out, "");
    assertThat(after.keySet()).isEqualTo(before.keySet()).isNotEmpty();
    before.forEach(
        (array, values) -> assertThat(after.get(array)).as(array).containsExactly(twice(values)));
  }

  @Test
  void aReplacedHead_isLeftOut() throws URISyntaxException {
    Path original = fixture("frozen.h5");
    Model model = ModelReader.read(original);
    String head = model.head().layer().name();
    Path out = folder.resolve("out.h5");
    KerasWriter.Written written =
        KerasWriter.write(
            Surgery.replaceHead(model, List.of("a", "b", "c", "d", "e", "f", "g"), 1),
            original,
            out);
    assertThat(written.leftOut()).containsExactly(head.split("/")[0]);
    assertThat(arrays(out, "").keySet()).noneMatch(array -> array.startsWith(head)).isNotEmpty();
  }

  @Test
  void aModelOfAnotherFile_isRefused() throws URISyntaxException {
    GraphBuilder g = new GraphBuilder(1);
    Model other = g.build(g.linear("other", g.input("x", Shape.of(3)), 2));
    Path original = fixture("forms.h5");
    Path out = folder.resolve("out.h5");
    assertThatThrownBy(() -> KerasWriter.write(other, original, out))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("has no weights of the original");
    assertThat(out).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"forms.keras", "frozen.keras", "lstm.keras", "shape.keras"})
  void everyArrayOfAnArchive_isRenewed(String name) throws IOException, URISyntaxException {
    Path original = fixture(name);
    Path out = folder.resolve("out.weights.h5");
    KerasWriter.Written written =
        KerasWriter.write(trained(ModelReader.read(original)), original, out);
    assertThat(written.leftOut()).isEmpty();
    assertThat(written.loading()).isEqualTo("model.load_weights('out.weights.h5')");
    Path weights = folder.resolve("weights.h5");
    Files.write(weights, member(original, "model.weights.h5"));
    Map<String, float[]> before = arrays(weights, "");
    Map<String, float[]> after = arrays(out, "");
    assertThat(after.keySet()).containsAll(before.keySet()).isNotEmpty();
    before.forEach(
        (array, values) -> assertThat(after.get(array)).as(array).containsExactly(twice(values)));
  }

  @Test
  void aWholeArchive_isReadAgain_andRepeatsToTheByte() throws IOException, URISyntaxException {
    Path original = fixture("forms.keras");
    Model trained = trained(ModelReader.read(original));
    Path out = folder.resolve("out.keras");
    KerasWriter.Written written = KerasWriter.write(trained, original, out);
    assertThat(written.loading()).isEqualTo("keras.models.load_model('out.keras')");
    Model again = ModelReader.read(out);
    for (String name : again.graph().stored(Role.PARAMETER)) {
      assertThat(again.weights().get(name).toArray())
          .as(name)
          .containsExactly(trained.weights().get(name).toArray());
    }
    assertThat(member(out, "config.json")).isEqualTo(member(original, "config.json"));
    try (ZipFile zip = new ZipFile(out.toFile())) {
      assertThat(zip.stream().map(ZipEntry::getName))
          .containsExactly("metadata.json", "config.json", "model.weights.h5");
    }
    byte[] once = Files.readAllBytes(out);
    KerasWriter.write(trained, original, out);
    assertThat(Files.readAllBytes(out)).isEqualTo(once);
  }

  @Test
  void aReplacedHead_goesIntoNoWholeArchive() throws URISyntaxException {
    Path original = fixture("frozen.keras");
    Model model =
        Surgery.replaceHead(
            ModelReader.read(original), List.of("a", "b", "c", "d", "e", "f", "g"), 1);
    Path whole = folder.resolve("out.keras");
    assertThatThrownBy(() -> KerasWriter.write(model, original, whole))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("last the trained model does not have as the original has");
    assertThat(whole).doesNotExist();
    Path weights = folder.resolve("out.weights.h5");
    KerasWriter.Written written = KerasWriter.write(model, original, weights);
    assertThat(written.leftOut()).containsExactly("last");
    assertThat(written.loading())
        .isEqualTo("model.load_weights('out.weights.h5', skip_mismatch=True)");
    assertThat(arrays(weights, "").keySet())
        .containsExactly("layers/dense/vars/0", "layers/dense/vars/1");
  }

  @Test
  void namesThatKerasWouldMisread_areRefused() throws URISyntaxException {
    Path archive = fixture("forms.keras");
    Path hdf5 = fixture("forms.h5");
    Model model = ModelReader.read(archive);
    assertThatThrownBy(() -> KerasWriter.write(model, archive, folder.resolve("out.h5")))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("go back as OUT.weights.h5 or OUT.keras");
    for (String name : new String[] {"out.weights.h5", "out.keras"}) {
      assertThatThrownBy(() -> KerasWriter.write(model, hdf5, folder.resolve(name)))
          .isInstanceOf(ExportException.class)
          .hasMessageContaining("go back as OUT.h5");
    }
  }

  @Test
  void anOriginalThatIsNeither_isRefused() throws URISyntaxException {
    Path original = fixture("forms.input.npy");
    Model model = ModelReader.read(fixture("forms.keras"));
    assertThatThrownBy(() -> KerasWriter.write(model, original, folder.resolve("out.h5")))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("forms.input.npy: is no Keras model in HDF5 or a .keras archive")
        .hasMessageContaining("model.save('original.keras')");
  }

  private static byte[] member(Path archive, String name) throws IOException {
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      return zip.getInputStream(zip.getEntry(name)).readAllBytes();
    }
  }

  private static float[] twice(float[] values) {
    float[] twice = values.clone();
    for (int i = 0; i < twice.length; i++) {
      twice[i] *= 2;
    }
    return twice;
  }

  private static Map<String, float[]> arrays(Path file, String root) {
    Map<String, float[]> arrays = new TreeMap<>();
    try (HdfFile opened = new HdfFile(file)) {
      Group group = root.isEmpty() ? opened : (Group) opened.getByPath(root);
      collect(group, "", arrays);
    }
    return arrays;
  }

  private static void collect(Group group, String prefix, Map<String, float[]> to) {
    for (Node node : List.copyOf(group.getChildren().values())) {
      if (node instanceof Group inner) {
        collect(inner, prefix + node.getName() + "/", to);
      } else if (node instanceof Dataset dataset
          && dataset.getDataFlat() instanceof float[] values) {
        to.put(prefix + node.getName(), values);
      }
    }
  }
}

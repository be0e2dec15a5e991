package dev.graft.tests.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import dev.graft.tests.Material;
import dev.graft.tests.RecordedOutput;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every file of the archive either is a model that computes what Keras recorded of it, or is
 * refused with a line that says why; the counts stand in {@code importers/KERAS.md}, which {@code
 * -Dgraft.test.args=-Dgraft.keras.table=write} writes anew.
 */
class FixtureArchiveTest {

  private static final Path TABLE = Path.of("importers/KERAS.md");
  private static final String MARK = "<!-- counted by FixtureArchiveTest from here on -->\n";

  @Test
  void everyFile_isReadAsKerasMeansIt_orRefusedByName() throws IOException {
    FixtureArchive archive = FixtureArchive.read(Material.path("dl4j_keras_fixtures.tar.xz"));
    FixtureTable table = new FixtureTable();
    int weightsAlone = 0;
    for (Map.Entry<String, byte[]> file : archive.models().entrySet()) {
      String config = FixtureArchive.text(file.getValue(), "model_config");
      try {
        Model model = ModelReader.read(new ByteArrayInputStream(file.getValue()));
        boolean compared = compare(model, file.getKey(), archive.recorded(file.getKey()));
        table.add(version(file.getValue()), String.valueOf(config), true, compared);
      } catch (ImportException e) {
        assertThat(e.getMessage()).as(file.getKey()).startsWith("stream: ").doesNotContain("\n");
        if (config == null) {
          assertThat(e.getMessage()).as(file.getKey()).contains("without its architecture");
          weightsAlone++;
        } else {
          table.add(version(file.getValue()), config, false, false);
          table.addRefused(e.getMessage());
        }
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError(file.getKey() + " led to " + e, e);
      }
    }
    assertThat(weightsAlone).isEqualTo(76);
    assertThat(table.files()).isEqualTo(605);
    String text = Files.readString(TABLE);
    int start = text.indexOf(MARK) + MARK.length();
    if ("write".equals(System.getProperty("graft.keras.table"))) {
      Files.writeString(TABLE, text.substring(0, start) + "\n" + table);
    }
    assertThat(Files.readString(TABLE).substring(start)).isEqualTo("\n" + table);
  }

  private static String version(byte[] file) {
    String version = FixtureArchive.text(file, "keras_version");
    return version == null ? "1 (does not say)" : version;
  }

  /** Whether anything was recorded; a few files hold the labels of the data and no predictions. */
  private static boolean compare(Model model, String name, byte @Nullable [] recorded) {
    if (recorded == null) {
      return false;
    }
    try (HdfFile file = HdfFile.fromBytes(recorded);
        Backend backend = Backends.byName("java", 1);
        Session session = Session.of(model, backend)) {
      if (file.getChild("predictions") == null) {
        return false;
      }
      InputSpec input = model.graph().input();
      Tensor x = only(file, "inputs").as(input.type());
      Tensor y = session.run(Map.of(input.name(), x)).get(model.graph().output());
      RecordedOutput.compare(name, y, only(file, "predictions"), false);
      return true;
    }
  }

  private static Tensor only(HdfFile file, String group) {
    Dataset data = (Dataset) ((Group) file.getChild(group)).iterator().next();
    Object flat = data.getDataFlat();
    float[] values = new float[(int) data.getSize()];
    for (int i = 0; i < values.length; i++) {
      values[i] = ((Number) Array.get(flat, i)).floatValue();
    }
    return Tensor.of(Shape.of(data.getDimensions()), values);
  }
}

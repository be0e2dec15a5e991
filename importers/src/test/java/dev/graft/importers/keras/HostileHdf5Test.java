package dev.graft.importers.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.importers.Bounded;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What HDF5 can do and no model needs: other files, links, sizes that were never written, filters.
 * {@code tests/golden/hostile_hdf5.py} makes the files.
 */
@Timeout(120)
class HostileHdf5Test {

  private static final Path FOLDER = Path.of("../tests/src/test/resources/golden/hostile");

  @TempDir private Path folder;

  @Test
  void theModelItself_isRead() {
    assertThat(ModelReader.read(FOLDER.resolve("good.h5")).weights().names())
        .containsExactly("d/kernel", "d/bias");
  }

  /**
   * Whatever leads back to where it came from: names are followed, and none is longer than it is.
   */
  @Test
  void groupsThatHoldThemselves_areFollowedByName_andNeverListedForEver() {
    assertThat(ModelReader.read(FOLDER.resolve("hard_cycle.h5")).weights().names())
        .containsExactly("d/kernel", "d/bias");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "external_link | is a link, which may lead out of the file",
        "external_group | is a link, which may lead out of the file",
        "soft_link | is a link, which may lead out of the file",
        "soft_cycle | is a link, which may lead out of the file",
        "virtual | Virtual storage is not supported",
        "external_data | External Data Files Message",
        "beyond | is no array of numbers, or one of more than 2^31",
        "sparse | is larger than the file could hold",
        "hollow | is larger than the file could hold",
        "bomb | is compressed",
        "small_bomb | is compressed; unpack the file first: h5repack -f NONE IN OUT",
        "compound | is no array of numbers",
        "text | is no array of numbers",
        "giant_attribute | at the attribute model_config",
        "many_names | the file holds 4096"
      })
  void whatNoModelNeeds_isRefusedInOneLine(String name, String part) {
    Path file = FOLDER.resolve(name + ".h5");
    Bounded.run(name, file.toString(), () -> ModelReader.read(file));
    assertThatThrownBy(() -> ModelReader.read(file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(part);
  }

  /** The heap of texts says that it takes half a gigabyte. */
  @Test
  void aLengthBeyondTheFile_takesNoMemory() throws IOException {
    byte[] whole = Files.readAllBytes(FOLDER.resolve("good.h5"));
    int heap = new String(whole, StandardCharsets.ISO_8859_1).indexOf("GCOL");
    whole[heap + 11] = 0x20;
    Path file = Files.write(folder.resolve("x.h5"), whole);
    Bounded.run("heap", file.toString(), () -> ModelReader.read(file));
    assertThatThrownBy(() -> ModelReader.read(file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("is truncated or damaged");
  }
}

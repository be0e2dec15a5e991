package dev.graft.kernels.opencl.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.kernels.opencl.LogLines;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.device.Precision;
import dev.graft.kernels.opencl.product.Tile;
import dev.graft.kernels.opencl.product.TileCandidates;
import dev.graft.kernels.opencl.product.TileChoice;
import dev.graft.kernels.opencl.product.TuningFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tiles that are kept for a device. */
class TuningTest {

  private static final TileChoice TILES =
      new TileChoice(new Tile.Gpu(128, 64, 16, 8, 8, 1), new Tile.Cpu(8, 2, 6, 128, 60, 64));

  @TempDir private Path folder;

  private OpenClDevice device;

  @BeforeEach
  void needsADevice() {
    assumeTrue(!OpenClDevices.list().isEmpty(), OpenClDevices.found().problem());
    device = OpenClDevices.chosen();
  }

  @Test
  void whatWasKept_isRead() throws IOException {
    TuningFile file = new TuningFile(folder, device, Precision.FLOAT32);
    assertThat(file.read()).isEmpty();
    assertThat(file.write(TILES)).exists();
    assertThat(new TuningFile(folder, device, Precision.FLOAT32).read()).contains(TILES);
    assertThat(TileChoice.of(device, 16, Precision.FLOAT32, file)).isEqualTo(TILES);
  }

  @Test
  void aDamagedFile_isSaidOnce_andTheShippedTilesAreUsed() throws IOException {
    Path path = new TuningFile(folder, device, Precision.FLOAT32).write(TILES);
    for (List<String> lines :
        List.of(
            List.<String>of(),
            List.of("graft tiles 1", "large gpu 128 64 16 8 8 1", "small gpu 1 2 3"),
            List.of("graft tiles 1", "large gpu 128 64 16 8 8 1", "small gpu 128 64 16 8 8 x"),
            List.of("graft tiles 1", "large gpu 127 64 16 8 8 1", "small gpu 128 64 16 8 8 1"),
            List.of("graft tiles 1", "large gpu 128 64 16 8 8 1", "large gpu 128 64 16 8 8 1"),
            List.of("graft tiles 1", "large gpu 128 64 16 0 8 1", "small cpu 8 0 0 0 0 0"))) {
      Files.write(path, lines);
      TuningFile file = new TuningFile(folder, device, Precision.FLOAT32);
      try (LogLines log = new LogLines(TuningFile.class)) {
        TileChoice shipped = TileChoice.shipped(device, 16, Precision.FLOAT32);
        assertThat(TileChoice.of(device, 16, Precision.FLOAT32, file)).isEqualTo(shipped);
        assertThat(TileChoice.of(device, 16, Precision.FLOAT32, file)).isEqualTo(shipped);
        assertThat(log.warnings()).as("%s", lines).hasSize(1);
        assertThat(log.warnings().get(0)).contains("tune again");
      }
    }
  }

  @Test
  void theTileInUse_isLeftForOneThatIsClearlyFaster() {
    assertThat(Tuner.best(new double[] {100, 101, 99}, 1.02)).isZero();
    assertThat(Tuner.best(new double[] {100, 103, 104}, 1.02)).isEqualTo(2);
    assertThat(Tuner.best(new double[] {100, 103, 101}, 1.02)).isEqualTo(1);
    assertThat(Tuner.best(new double[] {100, 101}, 1)).isEqualTo(1);
  }

  @Test
  void candidates_fitTheDevice() {
    assertThat(TileCandidates.of(device, 16, Precision.FLOAT32))
        .isNotEmpty()
        .doesNotHaveDuplicates();
  }
}

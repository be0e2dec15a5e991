package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.tuning.Tuner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft tune}, in processes of its own: a cache folder belongs to a process. */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class TuneTest {

  @TempDir private Path folder;

  private Path cache;

  @BeforeEach
  void ownCache() {
    cache = folder.resolve("cache");
  }

  private static void needsOpenCl() {
    assumeTrue(!OpenClDevices.list().isEmpty(), "no OpenCL device here");
  }

  private Process start(List<String> flags, Object... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of("-Dgraft.opencl.cache=" + cache));
    all.add("-D" + Tuner.CANDIDATES + "=1");
    all.addAll(flags);
    return new GraftProcess(folder).start(List.of(), all, arguments);
  }

  private CommandRun graft(List<String> flags, Object... arguments)
      throws IOException, InterruptedException {
    return new GraftProcess(folder).finish(start(flags, arguments));
  }

  private List<Path> tiles() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.filter(f -> f.getFileName().toString().startsWith("tiles-")).toList();
    }
  }

  private static void oneLine(CommandRun command, String... parts) {
    assertThat(command.code()).as(command.err()).isEqualTo(1);
    assertThat(command.out()).isEmpty();
    assertThat(command.errors())
        .filteredOn(line -> !line.startsWith("WARNING: "))
        .singleElement()
        .asString()
        .startsWith("error: ")
        .contains(parts)
        .doesNotContain("fault of");
  }

  @Test
  void theFastestTile_isKept_andInUse() throws IOException, InterruptedException {
    needsOpenCl();
    OpenClDevice device = OpenClDevices.named("0");
    assertThat(graft(List.of(), "backends").out()).contains("; not tuned");

    CommandRun tune = graft(List.of(), "tune", "--device", "0");
    assertThat(tune.code()).as(tune.err()).isZero();
    assertThat(tune.errors()).isEmpty();
    Path file = tiles().get(0);
    List<String> lines = tune.out().lines().toList();
    assertThat(lines).hasSize(6);
    assertThat(lines.get(0)).isEqualTo("device: 0 " + device.summary());
    assertThat(lines.get(1)).startsWith("large results: ").endsWith("tiles to measure");
    List<String> kept = Files.readAllLines(file);
    assertThat(lines.get(5))
        .matches(
            "large results: tile .*, [0-9.]+ GFLOP/s before and [0-9.]+ after; "
                + "small results: tile .*, [0-9.]+ GFLOP/s before and [0-9.]+ after; kept in .*")
        .contains("tile " + kept.get(1).substring("large ".length()) + ",")
        .contains("tile " + kept.get(2).substring("small ".length()) + ",")
        .endsWith(file.toString());
    assertThat(graft(List.of(), "backends").out()).contains("; tuned: " + file);
  }

  /** The tile in use is measured too; this one's local memory has a size that is no number. */
  @Test
  void aTileThatDoesNotBuild_isSkipped_andSaidOnRequest() throws IOException, InterruptedException {
    needsOpenCl();
    assertThat(graft(List.of(), "tune", "--device", "0").code()).isZero();
    Path file = tiles().get(0);
    String wide = "cpu 16 2 8 2147483647 120 256";
    for (boolean asked : new boolean[] {false, true}) {
      Files.write(file, List.of("graft tiles 1", "large " + wide, "small " + wide));
      Object[] words = {"tune", "--device", "0", "--stacktrace"};
      CommandRun tune = graft(List.of(), asked ? words : Arrays.copyOf(words, 3));
      assertThat(tune.code()).as(tune.err()).isZero();
      assertThat(tune.out())
          .contains("large results: 1 of 2 run here", "no GFLOP/s before and ")
          .doesNotContain(wide);
      assertThat(tune.err().contains("skipped large tile " + wide)).isEqualTo(asked);
      assertThat(tune.err().contains("BackendException")).isEqualTo(asked);
      assertThat(Files.readString(file)).doesNotContain(wide);
    }
  }

  @Test
  void aKill_leavesTheOldFile() throws IOException, InterruptedException {
    needsOpenCl();
    CommandRun quiet = graft(List.of(), "tune", "--device", "0", "--quiet");
    assertThat(quiet.code()).as(quiet.err()).isZero();
    assertThat(quiet.out()).isEmpty();
    Path file = tiles().get(0);
    byte[] old = Files.readAllBytes(file);

    Process process = start(List.of("-D" + Tuner.CANDIDATES + "=100"), "tune", "--device", "0");
    Path out = folder.resolve("out");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (process.isAlive()
        && System.nanoTime() < end
        && !Files.readString(out).contains("large")) {
      Thread.sleep(20);
    }
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isNotZero();
    assertThat(tiles()).containsExactly(file);
    assertThat(Files.readAllBytes(file)).isEqualTo(old);
  }

  @Test
  void anUnknownDevice_listsThoseThereAre() throws IOException, InterruptedException {
    needsOpenCl();
    String first = "0 " + OpenClDevices.list().get(0).name().strip();
    CommandRun command = graft(List.of(), "tune", "--device", "abacus");
    oneLine(command, "no OpenCL device abacus; expected", first);
    assertThat(cache).doesNotExist();
  }

  /** A machine for which there is no JOCL is as one without libOpenCL. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void noDevice_saysWhatToInstall() throws IOException, InterruptedException {
    CommandRun command = graft(List.of("-Dos.arch=abacus"), "tune");
    oneLine(command, "install", "pocl-opencl-icd");
  }

  @Test
  void nowhereToKeepTiles_isSaidFirst() throws IOException, InterruptedException {
    needsOpenCl();
    Files.writeString(cache, "a file, no folder");
    CommandRun file = graft(List.of(), "tune");
    assertThat(file.code()).isEqualTo(1);
    assertThat(file.errors()).singleElement().asString().startsWith("error: cannot keep tiles in");
    CommandRun off = graft(List.of("-Dgraft.opencl.cache=off"), "tune");
    assertThat(off.code()).isEqualTo(1);
    assertThat(off.errors()).singleElement().asString().contains("graft.opencl.cache is off");
  }
}

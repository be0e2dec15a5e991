package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.device.Precision;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user hears of the backend that a JVM could have, but was not started for. */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class BackendChoiceTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final String FLAG = "--add-modules jdk.incubator.vector";
  private static final List<String> WITH = List.of("--add-modules", "jdk.incubator.vector");

  @TempDir private Path folder;

  private CommandRun graft(List<String> flags, Object... arguments)
      throws IOException, InterruptedException {
    GraftProcess process = new GraftProcess(folder);
    return process.finish(process.start(List.of(), flags, arguments));
  }

  /** Runs a network on an image of zeros. */
  private CommandRun run(List<String> flags, String backend)
      throws IOException, InterruptedException {
    Path output = folder.resolve("y.npy");
    return graft(flags, "run", MODEL, "--input", input(), "--output", output, "--backend", backend);
  }

  private Path input() throws IOException {
    Path input = folder.resolve("x.npy");
    try (RandomAccessFile file = new RandomAccessFile(input.toFile(), "rw")) {
      String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 32, 32), }";
      file.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
      file.write(String.format("%-117s\n", header).getBytes(StandardCharsets.US_ASCII));
      file.setLength(128 + 4 * 32 * 32);
    }
    return input;
  }

  /** Standard error without what the JVM itself says of every incubator module. */
  private static List<String> said(CommandRun command) {
    return command.errors().stream()
        .filter(line -> !line.startsWith("WARNING: Using incubator module"))
        .toList();
  }

  /** Two lines of {@code graft backends}: simd's, and that of the one that auto takes. */
  private static void takesJava(CommandRun backends, String... reasons) {
    assertThat(backends.code()).isZero();
    assertThat(said(backends)).isEmpty();
    List<String> lines = backends.out().lines().toList();
    assertThat(lines)
        .filteredOn(line -> line.contains(" simd "))
        .singleElement()
        .asString()
        .contains("not available")
        .contains(reasons);
    assertThat(lines)
        .filteredOn(line -> line.startsWith("*"))
        .singleElement()
        .asString()
        .startsWith("* java ");
  }

  @Test
  void withoutTheFlag_oneLineNamesIt() throws IOException, InterruptedException {
    CommandRun command = run(List.of(), "auto");
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(said(command)).singleElement().asString().contains("WARNING", "simd", FLAG);
  }

  @Test
  void withoutTheFlag_backendsShowsTheReason() throws IOException, InterruptedException {
    takesJava(graft(List.of(), "backends"), FLAG);
  }

  @Test
  void withoutTheFlag_simdIsRefusedByName() throws IOException, InterruptedException {
    refuses(run(List.of(), "simd"), FLAG);
  }

  @Test
  void withTheFlag_nothingIsSaid() throws IOException, InterruptedException {
    CommandRun command = run(WITH, "auto");
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(said(command)).isEmpty();
    assertThat(graft(WITH, "backends").out()).contains("* simd ");
  }

  // ---- OpenCL ----------------------------------------------------------------------------------

  private static void needsOpenCl() {
    assumeTrue(!OpenClDevices.list().isEmpty(), "no OpenCL device here");
  }

  private CommandRun onDevice(List<String> flags, String... options)
      throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(
            List.of("run", MODEL.toString(), "--input", input().toString(), "--output"));
    arguments.add(folder.resolve("y.npy").toString());
    arguments.addAll(List.of(options));
    return graft(flags, arguments.toArray());
  }

  @Test
  void backends_listsTheDevices() throws IOException, InterruptedException {
    needsOpenCl();
    CommandRun backends = graft(WITH, "backends");
    for (OpenClDevice device : OpenClDevices.list()) {
      // The last of it is the memory, which PoCL takes from what is free at that moment.
      String summary = device.summary();
      String steady = summary.substring(0, summary.lastIndexOf(','));
      assertThat(backends.out()).contains(device.index() + "  " + steady + ", ");
    }
    assertThat(backends.out()).containsOnlyOnce("taken by --backend opencl");
  }

  @Test
  void aDevice_isNamedByIndexOrName() throws IOException, InterruptedException {
    needsOpenCl();
    String name = OpenClDevices.list().get(0).name().strip().substring(0, 4);
    for (String device : List.of("0", name)) {
      CommandRun command = onDevice(List.of(), "--backend", "opencl", "--device", device);
      assertThat(command.code()).as(command.err()).isZero();
      assertThat(said(command)).isEmpty();
    }
  }

  @Test
  void anUnknownDevice_listsThoseThereAre() throws IOException, InterruptedException {
    needsOpenCl();
    CommandRun command = onDevice(List.of(), "--backend", "opencl", "--device", "abacus");
    assertThat(command.code()).isEqualTo(1);
    assertThat(said(command))
        .singleElement()
        .asString()
        .startsWith("error: no OpenCL device abacus; expected")
        .contains("0 " + OpenClDevices.list().get(0).name().strip());
  }

  @Test
  void aDevice_ofAnotherBackend_isRefused() throws IOException, InterruptedException {
    CommandRun command = onDevice(WITH, "--device", "0");
    assertThat(command.code()).isEqualTo(1);
    assertThat(said(command)).singleElement().asString().contains("--backend opencl", "auto");
  }

  // ---- precision -------------------------------------------------------------------------------

  @Test
  void aPrecision_isSaidOnce_andComputes() throws IOException, InterruptedException {
    needsOpenCl();
    CommandRun command = onDevice(List.of(), "--backend", "opencl", "--precision", "half");
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(said(command)).singleElement().asString().contains("precision half");
    CommandRun plain = onDevice(List.of(), "--backend", "opencl", "--precision", "float32");
    assertThat(plain.code()).as(plain.err()).isZero();
    assertThat(said(plain)).isEmpty();
  }

  @Test
  void aPrecision_thatIsUnknown_orAnotherBackends_isRefused()
      throws IOException, InterruptedException {
    isRefused(onDevice(WITH, "--precision", "tf32"), "--precision tf32 wants --backend opencl");
    isRefused(
        onDevice(WITH, "--precision", "fp8"), "unknown precision fp8; expected one of: float32");
    CommandRun same = onDevice(WITH, "--backend", "java", "--precision", "float32");
    assertThat(same.code()).as(same.err()).isZero();
  }

  @Test
  void tensorCores_areWanted_ofADeviceThatHasThem() throws IOException, InterruptedException {
    needsOpenCl();
    assumeTrue(Precision.BF16.problem(OpenClDevices.named("0")).isPresent());
    String[] options = {"--backend", "opencl", "--device", "0", "--precision", "bf16"};
    isRefused(onDevice(List.of(), options), "bf16 needs an NVIDIA GPU of compute capability 8.0");
    isRefused(
        onDevice(List.of("-Dgraft.opencl.precision=bf16"), "--backend", "opencl"),
        "bf16 needs an NVIDIA GPU of compute capability 8.0");
  }

  @Test
  void backends_saysWhatWasChosen_andWhatDevicesCanDo() throws IOException, InterruptedException {
    needsOpenCl();
    CommandRun backends = graft(List.of("-Dgraft.opencl.precision=half"), "backends");
    assertThat(backends.out()).contains("; precision half", "precisions float32, ");
  }

  @Test
  void tooLittleDeviceMemory_saysHowMuchIsMissing_andDoesNotSpeakOfTheHeap()
      throws IOException, InterruptedException {
    needsOpenCl();
    CommandRun command = onDevice(List.of("-Dgraft.opencl.memory=20000"), "--backend", "opencl");
    assertThat(command.code()).isEqualTo(1);
    assertThat(said(command))
        .singleElement()
        .asString()
        .startsWith("error: ")
        .contains("MiB")
        .doesNotContain("Xmx");
  }

  /** No number, no width, an empty one, and one wider than any machine's. */
  @ParameterizedTest
  @ValueSource(strings = {"wide", "96", "", "1024"})
  void aBadWidth_isOneLine_andAutoTakesJava(String bits) throws IOException, InterruptedException {
    String property = "-Dgraft.simd.bits=" + bits;
    List<String> flags = Stream.concat(WITH.stream(), Stream.of(property)).toList();
    String[] parts = {property + ":", "expected 128, 256 or 512"};
    takesJava(graft(flags, "backends"), parts);
    CommandRun auto = run(flags, "auto");
    assertThat(auto.code()).as(auto.err()).isZero();
    assertThat(said(auto)).singleElement().asString().contains("WARNING").contains(parts);
    refuses(run(flags, "simd"), parts);
  }

  private static void isRefused(CommandRun command, String why) {
    assertThat(command.code()).isEqualTo(1);
    assertThat(said(command)).singleElement().asString().startsWith("error: ").contains(why);
  }

  private static void refuses(CommandRun command, String... parts) {
    assertThat(command.code()).isEqualTo(1);
    assertThat(said(command))
        .singleElement()
        .asString()
        .startsWith("error: backend simd does not work here: ")
        .contains(parts);
  }
}

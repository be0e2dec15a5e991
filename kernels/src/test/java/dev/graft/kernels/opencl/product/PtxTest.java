package dev.graft.kernels.opencl.product;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.Precision;
import dev.graft.kernels.opencl.runtime.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The tensor cores' kernels as machine code, where clang and NVIDIA's assembler are installed: no
 * GPU is needed to see whether the PTX is well-formed and the registers suffice. Neither is part of
 * the gate.
 */
class PtxTest {

  private static final Pattern SPILLED = Pattern.compile("(\\d+) bytes spill stores");

  /** Others may keep other values in registers. */
  private static final List<String> CLANGS = List.of("clang-15", "clang-14");

  private static final List<String> READERS =
      List.of(
          "-DLEFT_ROWS -DRIGHT_ROWS",
          "-DLEFT_COLUMNS -DRIGHT_COLUMNS",
          "-DLEFT_COLUMNS -DRIGHT_PIXELS",
          "-DLEFT_ROWS -DRIGHT_PATCHES",
          "-DLEFT_IMAGES -DRIGHT_UNFOLDED");

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(names = {"TF32", "BF16"})
  void theKernel_isAssembled_withoutSpillingRegisters(Precision precision)
      throws IOException, InterruptedException {
    Optional<String> clang = CLANGS.stream().filter(PtxTest::isInstalled).findFirst();
    assumeTrue(clang.isPresent(), "no clang here");
    assumeTrue(isInstalled("ptxas"), "no ptxas here");
    OpenClDevice device = nvidia();
    TileChoice tiles = TileChoice.shipped(device, 1, precision);
    for (Tile tile : List.of(tiles.large(), tiles.small())) {
      for (String readers : READERS) {
        String options = tile.options() + TensorTile.options(device) + " -DGROUP=256 " + readers;
        Path ptx = compile(clang.get(), tile, options);
        String instruction =
            precision == Precision.TF32 ? "m16n8k8.row.col.f32.tf32" : "m16n8k16.row.col.f32.bf16";
        assertThat(ptx).content().contains("mma.sync.aligned." + instruction);
        String said = run("ptxas", "-arch=sm_80", "-v", ptx.toString(), "-o", "/dev/null");
        // The gradient to the weight keeps an offset for every column, and may lack ten registers.
        int most = readers.contains("UNFOLDED") ? 40 : 0;
        Matcher spilled = SPILLED.matcher(said);
        assertThat(spilled.find()).as(said).isTrue();
        assertThat(Integer.parseInt(spilled.group(1))).as(options).isLessThanOrEqualTo(most);
      }
    }
  }

  private Path compile(String clang, Tile tile, String options)
      throws IOException, InterruptedException {
    StringBuilder source = new StringBuilder(builtIns()).append(Programs.source("common"));
    for (String file : tile.files().split("\\+")) {
      source.append(Programs.source(file));
    }
    Path cl = Files.writeString(folder.resolve("kernel.cl"), source);
    Path ptx = folder.resolve("kernel.ptx");
    List<String> command = new ArrayList<>(List.of(clang, "-x", "cl", "-cl-std=CL1.2"));
    command.addAll(List.of("-target", "nvptx64-nvidia-nvcl", "-O3", "-S", "-w"));
    for (String word :
        List.of("-target-cpu", "sm_80", "-target-feature", "+ptx70", "-finclude-default-header")) {
      command.addAll(List.of("-Xclang", word));
    }
    command.addAll(List.of(options.strip().split(" +")));
    command.addAll(List.of(cl.toString(), "-o", ptx.toString()));
    run(command.toArray(new String[0]));
    return ptx;
  }

  private static String builtIns() throws IOException {
    try (InputStream in = PtxTest.class.getResourceAsStream("/dev/graft/kernels/opencl/nvptx.cl")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static OpenClDevice nvidia() {
    return new OpenClDevice(
        0,
        "NVIDIA CUDA",
        "1",
        "none",
        "NVIDIA Corporation",
        "OpenCL 3.0 CUDA",
        "1",
        OpenClDevice.Type.GPU,
        1L << 34,
        1L << 32,
        49152,
        108,
        1400,
        80,
        1024,
        128,
        false,
        true);
  }

  private static boolean isInstalled(String program) {
    try {
      run(program, "--version");
      return true;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(String.join(" ", command) + "\n" + said).isZero();
    return said;
  }
}

package dev.graft.kernels.opencl.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.kernels.opencl.runtime.BinaryCache;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What depends on how a process is started: libraries, drivers, other processes. */
@EnabledOnOs(OS.LINUX)
class ProcessTest {

  @TempDir private Path folder;

  private Process start(Map<String, String> environment, String... flags) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Probe.class.getName()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    return builder.start();
  }

  /** What it says, without what newer JVMs have to say of native libraries. */
  private static List<String> lines(Process process) throws IOException, InterruptedException {
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.lines().filter(l -> !l.isBlank() && !l.startsWith("WARNING: ")).toList();
  }

  /** A machine for which there is no JOCL is as one without libOpenCL. */
  @Test
  void noLibrary_isOneLine() throws IOException, InterruptedException {
    assertThat(lines(start(Map.of(), "-Dos.arch=abacus")))
        .containsExactly("false " + OpenClDevices.NO_LIBRARY, "auto false");
  }

  @Test
  void noDriver_andOneThatDoesNotLoad_areOneLine() throws IOException, InterruptedException {
    assumeTrue(!OpenClDevices.list().isEmpty(), "needs an OpenCL library");
    Map<String, String> environment = Map.of("OCL_ICD_VENDORS", folder.toString());
    for (int drivers = 0; drivers < 2; drivers++) {
      assertThat(lines(start(environment)))
          .containsExactly("false " + OpenClDevices.NO_PLATFORM, "auto false");
      Files.writeString(folder.resolve("broken.icd"), "libno-such-driver.so.1\n");
    }
  }

  @Test
  void processes_shareADeviceAndACache() throws IOException, InterruptedException {
    assumeTrue(!OpenClDevices.list().isEmpty(), "needs an OpenCL device");
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(start(Map.of(), "-D" + BinaryCache.PROPERTY + "=" + folder));
    }
    for (Process process : processes) {
      assertThat(lines(process)).last().isEqualTo("filled with 7.0");
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isNotEmpty().allMatch(file -> file.toString().endsWith(".bin"));
    }
  }
}

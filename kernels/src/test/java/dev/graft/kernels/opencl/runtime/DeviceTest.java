package dev.graft.kernels.opencl.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.DeviceMemoryError;
import dev.graft.kernels.opencl.LogLines;
import dev.graft.kernels.opencl.OpenClBackend;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.device.OpenClException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jocl.CL;
import org.jocl.cl_program;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs, memory and launches on a device; skipped where there is none. */
class DeviceTest {

  private static final String SOURCE =
      "__kernel void one(int n, __global float *y, int y0) {"
          + " int i = get_global_id(0); if (i < n) { y[y0 + i] = 1.0f; } }";

  @TempDir private Path folder;

  private OpenClDevice device;

  @BeforeEach
  void needsADevice() {
    assumeTrue(!OpenClDevices.list().isEmpty(), OpenClDevices.found().problem());
    device = OpenClDevices.chosen();
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".bin")).toList();
    }
  }

  private void build(String source) {
    ClContext context = new ClContext(device, false);
    Programs programs = new Programs(context, new BinaryCache(folder));
    try {
      cl_program program = programs.build("test", source, "");
      CL.clReleaseProgram(program);
    } finally {
      context.close(programs::close);
    }
  }

  // ---- programs --------------------------------------------------------------------------------

  @Test
  void aProgram_isKept_andADamagedOneBuiltAgain() throws IOException {
    build(SOURCE);
    assertThat(entries()).hasSize(1);
    Path entry = entries().get(0);
    byte[] good = Files.readAllBytes(entry);
    Files.write(entry, new byte[] {1, 2, 3});
    try (LogLines log = new LogLines(BinaryCache.class)) {
      build(SOURCE);
      build(SOURCE);
      assertThat(log.warnings()).hasSize(1);
    }
    assertThat(Files.size(entry)).isEqualTo(good.length);
  }

  /** Whole, but made by something else than this driver. */
  @Test
  void aProgramThatTheDriverDoesNotTake_isBuiltAgain() throws IOException {
    build(SOURCE);
    String name = entries().get(0).getFileName().toString();
    new BinaryCache(folder).write(name.substring(0, name.length() - 4), new byte[4096]);
    try (LogLines log = new LogLines(BinaryCache.class)) {
      build(SOURCE);
      assertThat(log.warnings()).hasSize(1);
    }
    assertThat(Files.size(entries().get(0))).isNotEqualTo(4096 + 40);
  }

  @Test
  void aProgramThatDoesNotBuild_leavesTheCompilersWords() {
    assertThatThrownBy(() -> build("__kernel void broken() { nonsense; }"))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("clBuildProgram (test.cl): CL_BUILD_PROGRAM_FAILURE (-11)")
        .hasMessageContaining(folder.resolve("build-test-").toString())
        .hasMessageNotContaining("\n")
        .satisfies(
            e -> {
              String message = e.getMessage();
              Path log = Path.of(message.substring(message.lastIndexOf(" in ") + 4));
              assertThat(Files.readString(log)).contains("nonsense", device.name().strip());
            });
  }

  @Test
  void everyKernel_builds() {
    try (OpenClBackend backend = new OpenClBackend(device)) {
      backend.buildAll();
    }
  }

  // ---- errors ----------------------------------------------------------------------------------

  @Test
  void errors_nameTheCallAndTheCode_andWhatHelps() {
    OpenClException e =
        OpenClException.of(CL.CL_OUT_OF_RESOURCES, "clEnqueueNDRangeKernel", "gemm");
    assertThat(e)
        .hasMessageStartingWith("clEnqueueNDRangeKernel (gemm): CL_OUT_OF_RESOURCES (-5); ")
        .hasMessageContaining("smaller batch");
    assertThat(e.status()).isEqualTo(-5);
    assertThat(OpenClException.of(-36, "clFinish", ""))
        .hasMessageStartingWith("clFinish: CL_INVALID_COMMAND_QUEUE (-36); the device was lost")
        .hasMessageContaining("start again")
        .hasMessageContaining("checkpoint");
  }

  @Test
  void aClosedBackend_saysSo() {
    OpenClBackend backend = new OpenClBackend(device);
    Buffer buffer = backend.allocate(8);
    backend.fill(8, 1, buffer);
    backend.close();
    backend.close();
    for (Runnable call :
        List.<Runnable>of(
            () -> backend.fill(8, 1, buffer),
            () -> backend.upload(new float[8], 0, 8, buffer),
            () -> backend.download(buffer, 8, new float[8], 0),
            () -> backend.allocate(8))) {
      assertThatThrownBy(call::run)
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("closed");
    }
  }

  // ---- memory ----------------------------------------------------------------------------------

  @Test
  void buffersThatNobodyHolds_makeRoom_andTooManySayWhatIsWrong() {
    System.setProperty(DeviceMemory.LIMIT, Long.toString(4L << 20));
    try (OpenClBackend backend = new OpenClBackend(device)) {
      assertThat(backend.availableBytes(1)).isEqualTo(4L << 20);
      int mebibyte = (1 << 20) / Float.BYTES;
      for (int i = 0; i < 20; i++) {
        backend.fill(mebibyte, i, backend.allocate(mebibyte));
      }
      assertThat(backend.availableBytes(3L << 20)).isGreaterThanOrEqualTo(3L << 20);
      List<Buffer> held = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 5; i++) {
                  held.add(backend.allocate(mebibyte));
                }
              })
          .isInstanceOf(DeviceMemoryError.class)
          .hasMessageContaining("has no room for another 1.0 MiB beside the 4.0 MiB in use of 4.0")
          .hasMessageContaining("smaller batch");
      assertThat(held).hasSize(4);
      assertThat(backend.availableBytes(1)).isZero();
    } finally {
      System.clearProperty(DeviceMemory.LIMIT);
    }
  }

  @Test
  void longTransfers_goInPieces() {
    try (OpenClBackend backend = new OpenClBackend(device)) {
      int n = 3_000_001;
      float[] values = new float[n];
      for (int i = 0; i < n; i++) {
        values[i] = i;
      }
      Buffer buffer = backend.allocate(n + 5).slice(5, n);
      backend.upload(values, 0, n, buffer);
      float[] back = new float[n];
      backend.download(buffer, n, back, 0);
      assertThat(back).isEqualTo(values);
    }
  }

  // ---- threads ---------------------------------------------------------------------------------

  @Test
  void threads_shareABackend() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (OpenClBackend backend = new OpenClBackend(device)) {
      List<Callable<Boolean>> jobs = new ArrayList<>();
      for (int job = 0; job < 4; job++) {
        float value = job;
        jobs.add(
            () -> {
              Buffer y = backend.allocate(1000);
              float[] back = new float[1000];
              for (int repetition = 0; repetition < 50; repetition++) {
                backend.fill(1000, value, y);
                backend.axpy(1000, 2, y, y);
                backend.download(y, 1000, back, 0);
                for (float found : back) {
                  if (found != 3 * value) {
                    return false;
                  }
                }
              }
              return true;
            });
      }
      for (Future<Boolean> result : threads.invokeAll(jobs)) {
        assertThat(result.get()).isTrue();
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void profile_addsUpTimeByKernel() {
    System.setProperty(OpenClBackend.PROFILE, "true");
    try (OpenClBackend backend = new OpenClBackend(device)) {
      Buffer y = backend.allocate(100_000);
      for (int i = 0; i < 3; i++) {
        backend.fill(100_000, 1, y);
      }
      assertThat(backend.profile()).containsOnlyKeys("fill");
      assertThat(backend.profile().get("fill").launches()).isEqualTo(3);
      assertThat(backend.profile().get("fill").nanoseconds()).isPositive();
      backend.resetProfile();
      assertThat(backend.profile()).isEmpty();
    } finally {
      System.clearProperty(OpenClBackend.PROFILE);
    }
  }
}

package dev.graft.kernels.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledDriversTest {

  @Test
  void noDriverListed_orOnlyPocl_needsNoLibrary(@TempDir Path folder) throws IOException {
    Path nowhere = folder.resolve("none");
    assertThat(InstalledDrivers.withoutGpu(nowhere, Map.of())).get().asString().contains("none");
    assertThat(InstalledDrivers.withoutGpu(folder, Map.of())).isPresent();
    Files.writeString(folder.resolve("pocl.icd"), "libpocl.so.2.10.0");
    Files.writeString(folder.resolve("nvidia.icd.disabled"), "libnvidia-opencl.so.1");
    assertThat(InstalledDrivers.withoutGpu(folder, Map.of()))
        .get()
        .asString()
        .contains("PoCL", "auto takes OpenCL only on a GPU");
  }

  @Test
  void anyOtherDriver_hasToBeAsked(@TempDir Path folder) throws IOException {
    assertThat(InstalledDrivers.withoutGpu(folder, Map.of("OCL_ICD_VENDORS", "/x"))).isEmpty();
    Files.writeString(folder.resolve("pocl.icd"), "libpocl.so.2.10.0");
    Files.writeString(folder.resolve("intel.icd"), "libigdrcl.so");
    assertThat(InstalledDrivers.withoutGpu(folder, Map.of())).isEmpty();
  }
}

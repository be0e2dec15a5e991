package dev.graft.kernels.opencl.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.BackendException;
import dev.graft.kernels.opencl.device.OpenClDevice.Type;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which device is taken, and whether auto looks at all; no OpenCL needed. */
class DeviceChoiceTest {

  private static final List<OpenClDevice> DEVICES =
      List.of(
          device(0, "pthread-znver3", "AuthenticAMD", "Portable Computing Language", Type.CPU),
          device(1, "gfx1030", "Advanced Micro Devices", "AMD APP", Type.GPU),
          device(2, "NVIDIA GeForce RTX 3060", "NVIDIA", "NVIDIA CUDA", Type.GPU));

  private static OpenClDevice device(
      int index, String name, String vendor, String platform, Type type) {
    return new OpenClDevice(
        index,
        platform,
        "1",
        name,
        vendor,
        "OpenCL 1.2 x",
        "1.0",
        type,
        1L << 33,
        1L << 31,
        32768,
        8,
        1500,
        0,
        256,
        128,
        false,
        true);
  }

  private static int chosen(String wanted) {
    return OpenClDevices.choose(DEVICES, wanted).index();
  }

  @Test
  void aRuntimeWithoutLogging_isNotTakenForAMissingLibrary() {
    assertThat(OpenClDevices.withoutLibrary(new NoClassDefFoundError("java/util/logging/Logger")))
        .contains("java.logging");
    assertThat(OpenClDevices.withoutLibrary(new UnsatisfiedLinkError("no JOCL")))
        .isEqualTo(OpenClDevices.NO_LIBRARY);
  }

  @Test
  void byDefault_theFirstGpu_orTheFirstDevice() {
    assertThat(chosen("")).isEqualTo(1);
    assertThat(OpenClDevices.choose(DEVICES.subList(0, 1), "").index()).isZero();
  }

  @Test
  void byIndex_orByPartOfAName_inAnyCase() {
    assertThat(chosen("0")).isZero();
    assertThat(chosen(" 2 ")).isEqualTo(2);
    assertThat(chosen("geforce")).isEqualTo(2);
    assertThat(chosen("Advanced Micro")).isEqualTo(1);
    assertThat(chosen("portable computing")).isZero();
  }

  @Test
  void anUnknownDevice_listsThoseThereAre() {
    for (String wanted : List.of("3", "voodoo", "-1")) {
      assertThatThrownBy(() -> chosen(wanted))
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("no OpenCL device " + wanted)
          .hasMessageContaining("0 pthread-znver3, 1 gfx1030, 2 NVIDIA GeForce RTX 3060");
    }
  }

  @Test
  void summary_isOneLine() {
    assertThat(DEVICES.get(2).summary())
        .isEqualTo(
            "NVIDIA GeForce RTX 3060 (GPU of NVIDIA; NVIDIA CUDA, OpenCL 1.2;"
                + " 8 compute units, 8.0 GiB)");
  }

  // ---- whether there can be a GPU --------------------------------------------------------------
}

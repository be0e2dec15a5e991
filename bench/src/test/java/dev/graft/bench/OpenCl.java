package dev.graft.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.kernels.opencl.device.OpenClDevices;

/** Whether there is a device to measure. */
public final class OpenCl {

  private OpenCl() {}

  /**
   * Skips the test that calls it where there is no OpenCL device, or fails it where
   * GRAFT_REQUIRE_OPENCL says that there is one, as CI does.
   */
  public static void assumed() {
    boolean there = !OpenClDevices.list().isEmpty();
    if (Boolean.parseBoolean(System.getenv("GRAFT_REQUIRE_OPENCL"))) {
      assertThat(there).as("GRAFT_REQUIRE_OPENCL is set, and there is an OpenCL device").isTrue();
    }
    assumeTrue(there, "no OpenCL device");
  }
}

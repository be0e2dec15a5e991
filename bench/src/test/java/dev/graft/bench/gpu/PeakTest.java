package dev.graft.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.OpenClDevice.Type;
import org.junit.jupiter.api.Test;

/** Against what the vendors' data sheets say. */
class PeakTest {

  static OpenClDevice device(String vendor, Type type, int units, int clock, int capability) {
    return new OpenClDevice(
        0,
        "platform",
        "1",
        "name",
        vendor,
        "OpenCL 1.2 x",
        "1.0",
        type,
        1L << 33,
        1L << 31,
        32768,
        units,
        clock,
        capability,
        256,
        128,
        false,
        true);
  }

  @Test
  void nvidia_isAsWideAsItsGeneration() {
    // H100 SXM: 67 TFLOP/s; A100: 19.5; T4: 8.1.
    assertPeak(device("NVIDIA Corporation", Type.GPU, 132, 1980, 90), 66.9);
    assertPeak(device("NVIDIA Corporation", Type.GPU, 108, 1410, 80), 19.5);
    assertPeak(device("NVIDIA Corporation", Type.GPU, 40, 1590, 75), 8.1);
  }

  @Test
  void amdAndIntel_goByTheirUnits() {
    // MI100: 23.1; Arc A770: 512 execution units at 2.4 GHz, 19.7.
    assertPeak(device("Advanced Micro Devices, Inc.", Type.GPU, 120, 1502, 0), 23.1);
    assertPeak(device("Intel(R) Corporation", Type.GPU, 512, 2400, 0), 19.7);
  }

  @Test
  void whatIsNotKnown_isAQuestionMark() {
    assertThat(Peak.of(device("AuthenticAMD", Type.CPU, 8, 3000, 0)).gigaflops()).isNull();
    assertThat(Peak.of(device("Somebody", Type.GPU, 8, 1000, 0)).gigaflops()).isNull();
    assertThat(Peak.of(device("NVIDIA Corporation", Type.GPU, 8, 0, 90)).how()).startsWith("?");
  }

  private static void assertPeak(OpenClDevice device, double teraflops) {
    Peak peak = Peak.of(device);
    assertThat(peak.gigaflops()).isCloseTo(1000 * teraflops, within(50.0));
    assertThat(peak.how()).contains(device.clock() + " MHz", device.computeUnits() + " ");
  }
}

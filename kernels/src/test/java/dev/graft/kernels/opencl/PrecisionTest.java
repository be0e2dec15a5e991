package dev.graft.kernels.opencl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.core.backend.BackendException;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.OpenClDevice.Type;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.device.Precision;
import dev.graft.kernels.opencl.product.TileChoice;
import dev.graft.kernels.opencl.product.TuningFile;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which precision is taken, and which device refuses it; hardly any OpenCL needed. */
class PrecisionTest {

  @AfterEach
  void clear() {
    System.clearProperty(Precision.PROPERTY);
  }

  private static OpenClDevice device(String platform, String name, Type type, int capability) {
    return new OpenClDevice(
        0,
        platform,
        "1",
        name,
        "NVIDIA Corporation",
        "OpenCL 3.0 x",
        "1.0",
        type,
        1L << 33,
        1L << 31,
        49152,
        8,
        1500,
        capability,
        1024,
        128,
        false,
        true);
  }

  @Test
  void aName_inAnyCase() {
    assertThat(Precision.named(" TF32 ")).isEqualTo(Precision.TF32);
    assertThat(Precision.named("half")).isEqualTo(Precision.HALF);
    assertThatThrownBy(() -> Precision.named("fp8"))
        .isInstanceOf(BackendException.class)
        .hasMessage("unknown precision fp8; expected one of: float32, tf32, bf16, half");
  }

  @Test
  void theProperty_orFloat32() {
    assertThat(Precision.chosen()).isEqualTo(Precision.FLOAT32);
    System.setProperty(Precision.PROPERTY, "bf16");
    assertThat(Precision.chosen()).isEqualTo(Precision.BF16);
    System.setProperty(Precision.PROPERTY, "double");
    assertThatThrownBy(Precision::chosen)
        .isInstanceOf(BackendException.class)
        .hasMessageStartingWith("graft.opencl.precision: unknown precision double");
  }

  @Test
  void tensorCores_areThoseOfNvidia_from80_withItsDriver() {
    OpenClDevice ampere = device("NVIDIA CUDA", "RTX 3060", Type.GPU, 86);
    OpenClDevice untold = device("NVIDIA CUDA", "A100", Type.GPU, 0);
    OpenClDevice turing = device("NVIDIA CUDA", "RTX 2070", Type.GPU, 75);
    OpenClDevice other = device("rusticl", "RTX 3060", Type.GPU, 0);
    for (Precision precision : new Precision[] {Precision.TF32, Precision.BF16}) {
      assertThat(precision.problem(ampere)).isEmpty();
      assertThat(precision.problem(untold)).isEmpty();
      assertThat(precision.problem(other)).isPresent();
      assertThat(precision.problem(turing))
          .contains(
              "precision "
                  + precision.word()
                  + " needs an NVIDIA GPU of compute capability 8.0 or above, with NVIDIA's driver;"
                  + " found RTX 2070, 7.5; use float32, or half for smaller weights");
    }
    assertThat(Precision.HALF.problem(other)).isEmpty();
    assertThat(Precision.FLOAT32.problem(other)).isEmpty();
  }

  @Test
  void aDeviceWithoutThem_refuses_andSaysSoOfItself() {
    assumeTrue(!OpenClDevices.list().isEmpty(), OpenClDevices.found().problem());
    OpenClDevice device = OpenClDevices.chosen();
    assumeTrue(!Precision.hasTensorCores(device));
    assertThatThrownBy(() -> new OpenClBackend(device, Precision.TF32))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("precision tf32 needs an NVIDIA GPU of compute capability 8.0");
    System.setProperty(Precision.PROPERTY, "tf32");
    OpenClProvider provider = new OpenClProvider();
    assertThat(provider.availability().available()).isFalse();
    assertThat(provider.availability().reason()).contains("compute capability 8.0");
    System.setProperty(Precision.PROPERTY, "half");
    assertThat(provider.availability().available()).isTrue();
    assertThat(provider.availability().reason()).contains("; precision half");
  }

  @Test
  void tensorTiles_areKeptBesideTheOthers(@TempDir Path folder) throws Exception {
    OpenClDevice device = device("NVIDIA CUDA", "RTX 3060", Type.GPU, 86);
    for (Precision precision : new Precision[] {Precision.TF32, Precision.BF16}) {
      TileChoice tiles = TileChoice.shipped(device, 1, precision);
      new TuningFile(folder, device, precision).write(tiles);
      assertThat(new TuningFile(folder, device, precision).read()).contains(tiles);
      assertThat(new TuningFile(folder, device, Precision.FLOAT32).read()).isEmpty();
    }
    new TuningFile(folder, device, Precision.FLOAT32)
        .write(TileChoice.shipped(device, 1, Precision.FLOAT32));
    assertThat(new TuningFile(folder, device, Precision.HALF).read())
        .contains(TileChoice.shipped(device, 1, Precision.HALF));
    assertThat(folder).isDirectoryContaining(p -> p.toString().endsWith("-bf16.txt"));
  }
}

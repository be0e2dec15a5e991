package dev.graft.kernels.opencl.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.kernels.opencl.OpenClBackend;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.device.Profile;
import dev.graft.kernels.opencl.product.TileChoice;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transpositions by way of local memory, as on a GPU, are the plain copy to the bit. */
class StridedCopyTest {

  private static final float UNTOUCHED = -1;

  @BeforeEach
  void needsADevice() {
    assumeTrue(!OpenClDevices.list().isEmpty(), OpenClDevices.found().problem());
    System.setProperty(TileChoice.PROPERTY, "gpu");
    System.setProperty(OpenClBackend.PROFILE, "true");
  }

  @AfterEach
  void clear() {
    System.clearProperty(TileChoice.PROPERTY);
    System.clearProperty(OpenClBackend.PROFILE);
  }

  /** A copy's sizes and strides: {@code shape}, those of the source, those of the target. */
  private record Copy(int[] shape, int[] x, int[] y) {

    int last(int[] strides) {
      int last = 0;
      for (int axis = 0; axis < shape.length; axis++) {
        last += (shape[axis] - 1) * strides[axis];
      }
      return last;
    }

    /** The target and what lies around it, from a source whose elements are all different. */
    float[] on(Backend backend) {
      int xOffset = 2;
      int yOffset = 5;
      float[] from = new float[xOffset + last(x) + 4];
      for (int i = 0; i < from.length; i++) {
        from[i] = i;
      }
      float[] to = new float[yOffset + last(y) + 6];
      Arrays.fill(to, UNTOUCHED);
      Buffer source = backend.allocate(from.length + 1).slice(1, from.length);
      Buffer target = backend.allocate(to.length + 3).slice(3, to.length);
      backend.upload(from, 0, from.length, source);
      backend.upload(to, 0, to.length, target);
      backend.copy(shape, source, xOffset, x, yOffset, y, target);
      backend.download(target, to.length, to, 0);
      return to;
    }
  }

  private static int launches(Map<String, Profile.Total> profile, String kernel) {
    Profile.Total total = profile.get(kernel);
    return total == null ? 0 : (int) total.launches();
  }

  private static void check(Copy copy, boolean turned) {
    try (OpenClBackend backend = new OpenClBackend(OpenClDevices.chosen());
        ReferenceBackend reference = new ReferenceBackend()) {
      assertThat(copy.on(backend)).isEqualTo(copy.on(reference));
      Map<String, Profile.Total> profile = backend.profile();
      assertThat(launches(profile, "copy_turned")).isEqualTo(turned ? 1 : 0);
      assertThat(launches(profile, "copy_box")).isEqualTo(turned ? 0 : 1);
    }
  }

  @Test
  void transpositions_goThroughTiles() {
    // Whole tiles; one element more and less; less than a tile.
    for (int[] size : new int[][] {{64, 96}, {33, 31}, {17, 129}, {16, 16}}) {
      int rows = size[0];
      int columns = size[1];
      check(new Copy(new int[] {rows, columns}, new int[] {columns, 1}, new int[] {1, rows}), true);
    }
  }

  @Test
  void layoutsOfImages_goThroughTiles() {
    // NCHW to NHWC: H and W are one axis. Then NHWC to NCHW, of a slice of the pixels' columns.
    check(
        new Copy(new int[] {2, 20, 5, 7}, new int[] {700, 35, 7, 1}, new int[] {700, 1, 140, 20}),
        true);
    check(
        new Copy(
            new int[] {2, 20, 5, 18}, new int[] {2000, 1, 400, 20}, new int[] {2000, 100, 20, 1}),
        true);
    // Four axes in reverse: the two outer ones pass each other too.
    check(
        new Copy(new int[] {16, 3, 2, 40}, new int[] {240, 80, 40, 1}, new int[] {1, 16, 48, 96}),
        true);
  }

  @Test
  void whatRunsAlongOneAxis_orIsThin_isCopiedPlainly() {
    check(new Copy(new int[] {40, 50}, new int[] {60, 1}, new int[] {50, 1}), false);
    check(new Copy(new int[] {40, 3}, new int[] {3, 1}, new int[] {1, 40}), false);
    // A broadcast along the target's axis; every second element of the source.
    check(new Copy(new int[] {40, 50}, new int[] {1, 0}, new int[] {50, 1}), true);
    check(new Copy(new int[] {40, 50}, new int[] {2, 80}, new int[] {50, 1}), false);
  }
}

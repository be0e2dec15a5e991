package dev.graft.core.data.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResamplerTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "37x23_16x16",
        "16x16_37x23",
        "50x50_7x9",
        "5x40_20x8",
        "64x48_64x20",
        "48x64_20x64"
      })
  void resize_givesPillowsLevels(String sizes) {
    Golden source = Golden.of("resize_" + sizes + ".source");
    Golden target = Golden.of("resize_" + sizes + ".target");

    Resampler resampler =
        new Resampler(
            Resampler.Axis.of(0, source.width(), target.width(), 0, target.width()),
            Resampler.Axis.of(0, source.height(), target.height(), 0, target.height()));

    assertThat(resampler.apply(source.levels(), source.width())).isEqualTo(target.levels());
  }

  @Test
  void window_isAPartOfTheWhole() {
    Golden source = Golden.of("resize_37x23_16x16.source");
    Golden target = Golden.of("resize_37x23_16x16.target");

    byte[] part =
        new Resampler(Resampler.Axis.of(0, 37, 16, 3, 5), Resampler.Axis.of(0, 23, 16, 7, 4))
            .apply(source.levels(), 37);

    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 5; x++) {
        assertThat(part[y * 5 + x] & 0xFF).isEqualTo(target.level(0, 7 + y, 3 + x));
      }
    }
  }

  @Test
  void part_doesNotSeeBeyondItsEdge() {
    byte[] plane = new byte[10];
    Arrays.fill(plane, 4, 8, (byte) 100);

    byte[] scaled =
        new Resampler(Resampler.Axis.of(4, 4, 7, 0, 7), Resampler.Axis.of(0, 1, 1, 0, 1))
            .apply(plane, 10);

    assertThat(scaled).containsOnly(100);
  }

  @Test
  void extremeShape_costsOnlyTheWindow() {
    byte[] plane = new byte[65535];
    Arrays.fill(plane, (byte) 9);
    long target = 65535L * 256;

    byte[] scaled =
        new Resampler(
                Resampler.Axis.of(0, 1, 256, 16, 224),
                Resampler.Axis.of(0, 65535, target, target / 2 - 112, 224))
            .apply(plane, 1);

    assertThat(scaled).hasSize(224 * 224).containsOnly(9);
  }
}

package dev.graft.core.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.graph.Preprocessing.Channels;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessingTest {

  private static Preprocessing gray(double mean, double deviation) {
    return new Preprocessing(2, 2, 1, Channels.GRAY, List.of(mean), List.of(deviation));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0, NaN",
    "NaN, 1",
    "0, Infinity",
    "0, 1e-40",
    "0, -1e-40",
    "300, 1e-37",
    "1e39, 1",
    "-1e39, 1",
    "0, 4.9e-324"
  })
  void whatMakesNoNumbers_isRefused(double mean, double deviation) {
    assertThatThrownBy(() -> gray(mean, deviation))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(String.valueOf(deviation));
  }

  @Test
  void small_butHarmlessDeviations_areKept() {
    // 255 levels through it are 2.55e38, and the largest float is 3.4e38.
    assertThat(gray(0, 1e-36).deviation()).containsExactly(1e-36);
    assertThat(gray(1e30, -1).mean()).containsExactly(1e30);
  }

  @Test
  void otherChannels_haveTheMeanOfTheColours_orTheGrayOnesRepeated() {
    Preprocessing caffe = Preprocessing.named("caffe", 3, 32, 32);
    Preprocessing gray = caffe.withChannels(1);
    assertThat(gray.channels()).isEqualTo(Preprocessing.Channels.GRAY);
    assertThat(gray.mean()).hasSize(1);
    assertThat(gray.mean().get(0)).isEqualTo((103.939 + 116.779 + 123.68) / 3);
    assertThat(gray.withChannels(3).mean()).hasSize(3).containsOnly(gray.mean().get(0));
    assertThat(gray.withChannels(3).channels()).isEqualTo(Preprocessing.Channels.RGB);
    assertThat(caffe.withChannels(3)).isSameAs(caffe);
    assertThatThrownBy(() -> caffe.withChannels(4))
        .hasMessageContaining("1 or 3 channels, found 4");
  }
}

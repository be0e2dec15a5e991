package dev.graft.cli.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.cli.page.LineChart.Point;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LineChartTest {

  @Test
  void ticks_areRound_andSpanTheNumbers() {
    assertThat(Axis.around(0, 1).ticks().stream().map(Axis::label))
        .containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1");
    assertThat(Axis.around(0.031, 0.078).ticks().stream().map(Axis::label))
        .containsExactly("0.03", "0.04", "0.05", "0.06", "0.07", "0.08");
    assertThat(Axis.counting(1, 40).ticks().stream().map(Axis::label))
        .containsExactly("10", "20", "30", "40");
    assertThat(Axis.counting(1, 3).ticks().stream().map(Axis::label))
        .containsExactly("1", "2", "3");
    assertThat(Axis.label(1e-7)).isEqualTo("1E-7");
    assertThat(Axis.label(2_000_000)).isEqualTo("2E+6");
  }

  @Test
  void anyNumbers_liePlainlyWithinTheAxis() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      double a = random.nextGaussian() * Math.pow(10, random.nextInt(20) - 10);
      double b = i % 3 == 0 ? a : a + random.nextDouble() * Math.pow(10, random.nextInt(20) - 10);
      Axis axis = Axis.around(Math.min(a, b), Math.max(a, b));
      assertThat(axis.ticks()).as("seed %d: %s to %s", seed, a, b).hasSizeBetween(2, 12);
      assertThat(axis.share(a)).as("seed %d: %s to %s", seed, a, b).isBetween(-1e-6, 1 + 1e-6);
    }
  }

  @Test
  void line_goesThroughItsPoints_andBreaksWhereNothingWasMeasured() {
    String text =
        new LineChart("epoch", "loss")
                .series(
                    "training",
                    List.of(
                        new Point(1, 1),
                        new Point(2, 0.5),
                        new Point(3, Double.NaN),
                        new Point(4, 0.25),
                        new Point(5, 0)))
                .mark(2, "all")
                .html()
            + "";
    // From 52 to 388 across, from 220 up to 22.
    assertThat(text)
        .contains("d=\"M52.0,22.0L136.0,121.0M304.0,170.5L388.0,220.0\"")
        .contains(">epoch</text>", ">loss</text>", ">all</text>", "x1=\"136\"");
  }

  @Test
  void aSinglePoint_isADot_andNoPointNoChart() {
    assertThat(new LineChart("x", "y").series("a", List.of(new Point(1, 0.5))).html() + "")
        .contains("<circle");
    assertThat(new LineChart("x", "y").series("a", List.of(new Point(1, Double.NaN))).html() + "")
        .isEmpty();
  }

  @Test
  void everyCoordinate_isANumber() {
    String text =
        new LineChart("x", "y").series("a", List.of(new Point(1, 0), new Point(1, 0))).html() + "";
    Matcher numbers = Pattern.compile("NaN|Infinity").matcher(text);
    assertThat(numbers.find()).isFalse();
  }
}

package dev.graft.cli.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PageTest {

  private static final String HOSTILE = "<script>alert('1')</script>&\"\u001b[31m\u202e";

  @Test
  void text_isNeverMarkup() {
    Page page = new Page(HOSTILE);
    page.lead(HOSTILE);
    page.section(
        HOSTILE,
        new Table(HOSTILE).row(HOSTILE).html(),
        new Gallery(List.of(new Picture(noise(8, 8), HOSTILE))).html(),
        new LineChart(HOSTILE, HOSTILE)
            .series(HOSTILE, List.of(new LineChart.Point(0, 1), new LineChart.Point(1, 2)))
            .mark(0, HOSTILE)
            .html(),
        Html.paragraph(HOSTILE),
        Html.note(HOSTILE));
    String text = page.toString();
    assertThat(text).doesNotContain("<script", "\u001b", "\u202e", "alert('1')");
    String escaped = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;";
    // The title twice; lead, heading; head and cell; alt and caption; five of the chart; two.
    assertThat(text.split(Pattern.quote(escaped), -1)).hasSizeGreaterThan(12);
  }

  @Test
  void page_fetchesNothing_andSaysSo() {
    String text = new Page("a title").section("empty").section("full", Html.text("x")).toString();
    assertThat(text)
        .startsWith("<!DOCTYPE html>")
        .contains("default-src 'none'".replace("'", "&#39;"), "width=device-width")
        .contains("prefers-color-scheme: dark", "<h2>full</h2>")
        .doesNotContain("http:", "https:", "@import", "<h2>empty</h2>");
  }

  @Test
  void bytes_areUtf8() {
    assertThat(new String(new Page("café 猫").bytes(), StandardCharsets.UTF_8)).contains("café 猫");
  }

  @Test
  void pictures_areEmbedded_andSmall() throws IOException {
    // Noise is the worst there is for any compression.
    Html photo = new Picture(noise(1300, 700), "a photograph").html();
    BufferedImage embedded = embedded(photo);
    assertThat(embedded.getWidth()).isEqualTo(Picture.SIDE);
    assertThat(embedded.getHeight()).isEqualTo(86);
    assertThat(photo.toString().length()).isLessThan(20_000);
    assertThat(embedded(new Picture(noise(32, 20), "").html()).getWidth()).isEqualTo(32);
    assertThat(embedded(new Picture(noise(3000, 1), "").html()).getHeight()).isEqualTo(1);
  }

  /** What is small is not changed: the pixels that a network sees are those that are shown. */
  @Test
  void smallPictures_keepTheirPixels() throws IOException {
    BufferedImage image = noise(32, 32);
    BufferedImage embedded = embedded(new Picture(image, "").html());
    for (int i = 0; i < 32 * 32; i++) {
      assertThat(embedded.getRGB(i % 32, i / 32)).isEqualTo(image.getRGB(i % 32, i / 32));
    }
  }

  @Test
  void columnsOfNumbers_standToTheRight() {
    String text =
        new Table("class", "share", "count").row("1st", "12.5 %", "3").row("x", "-", "").html()
            + "";
    assertThat(text)
        .contains("<th>class</th><th class=\"number\">share</th><th class=\"number\">count</th>")
        .contains("<td>1st</td><td class=\"number\">12.5 %</td>");
    assertThat(new Table("", "").row("a", "b").html() + "").doesNotContain("thead");
    assertThat(new Table("a").html() + "").isEmpty();
    assertThatThrownBy(() -> new Table("a").row("1", "2"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static BufferedImage embedded(Html html) throws IOException {
    Matcher source = Pattern.compile("data:image/\\w+;base64,([^\"]+)").matcher(html.toString());
    assertThat(source.find()).isTrue();
    return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(source.group(1))));
  }

  private static BufferedImage noise(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(1);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, random.nextInt());
    }
    return image;
  }
}

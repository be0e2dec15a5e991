package dev.graft.cli.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.cli.page.Gallery;
import dev.graft.cli.page.LineChart;
import dev.graft.cli.page.LineChart.Point;
import dev.graft.cli.page.Page;
import dev.graft.cli.page.Picture;
import dev.graft.cli.page.Table;
import dev.graft.cli.report.ConfusionTable;
import dev.graft.cli.serve.ModelServer;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.picture.PictureFile;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Rejection;
import dev.graft.core.train.metric.Confusion;
import dev.graft.importers.ModelReader;
import java.io.ByteArrayInputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the pages are in a browser, on a phone and in dark mode. {@code
 * -Dgraft.test.args=-Dgraft.screenshots=DIR} keeps what was seen.
 */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class BrowserTest {

  private static final Path STAR = Path.of("tests/samples/symbols/val/star/00.png");

  /** The browser may write after its end has been asked for. */
  @TempDir(cleanup = CleanupMode.NEVER)
  private Path folder;

  private Browser browser() throws Exception {
    Optional<Path> program = Browser.program();
    assumeTrue(program.isPresent(), "no Chromium is installed: pages are not looked at");
    return Browser.start(program.get(), Files.createDirectories(folder.resolve("profile")));
  }

  private static byte[] shot(Browser browser, String name) throws Exception {
    byte[] shot = browser.screenshot();
    String kept = System.getProperty("graft.screenshots");
    if (kept != null) {
      Files.write(Files.createDirectories(Path.of(kept)).resolve(name + ".png"), shot);
    }
    return shot;
  }

  @Test
  void page_isWhole_andFitsAPhone() throws Exception {
    List<String> names = IntStream.range(0, 12).mapToObj(k -> "a class called " + k).toList();
    List<Integer> wanted = IntStream.range(0, 60).mapToObj(i -> i % 12).toList();
    List<Integer> said = IntStream.range(0, 60).mapToObj(i -> i % 7).toList();
    Page page =
        new Page("A page")
            .section("Matrix", ConfusionTable.of(Confusion.of(names, wanted, said)))
            .section(
                "Chart",
                new LineChart("epoch", "loss")
                    .series("training", List.of(new Point(1, 1), new Point(9, 0.1)))
                    .html())
            .section(
                "Pictures",
                new Gallery(List.of(new Picture(PictureFile.read(STAR), "star"))).html())
            .section("Table", new Table("a", "b").row("x".repeat(300), "1").html());
    Path file = Files.write(folder.resolve("page.html"), page.bytes());
    try (Browser browser = browser()) {
      browser.becomePhone();
      browser.open(file.toUri().toString());
      assertThat(browser.errors()).isEmpty();
      String images = "[...document.images]";
      assertThat(browser.evaluate(images + ".length").asInt()).isEqualTo(1);
      browser.await(images + ".every(i => i.complete && i.naturalWidth > 0)");
      String counts = "[...document.querySelectorAll('.count')].map(c => +c.textContent)";
      assertThat(browser.evaluate(counts + ".reduce((a, b) => a + b)").asInt()).isEqualTo(60);
      // Nothing is wider than the phone: wide tables scroll by themselves.
      assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
          .isLessThanOrEqualTo(390);
      String ground = "getComputedStyle(document.body).backgroundColor";
      assertThat(browser.evaluate(ground).asText()).isEqualTo("rgb(13, 17, 23)");
      byte[] shot = shot(browser, "page");
      assertThat(ImageIO.read(new ByteArrayInputStream(shot)).getWidth()).isEqualTo(780);
    }
  }

  @Test
  void servedPage_saysWhatAPictureShows() throws Exception {
    try (Backend backend = Backends.byName("java", 1);
        ModelServer server =
            ModelServer.start(
                ModelReader.read(Path.of("tests/samples/shapes.onnx")),
                "shapes",
                backend,
                1,
                new InetSocketAddress("127.0.0.1", 0));
        Browser browser = browser()) {
      browser.becomePhone();
      browser.open("http://127.0.0.1:" + server.port() + "/");
      browser.choose("#file", STAR);
      browser.await("document.querySelectorAll('.answer').length === 5");
      assertThat(browser.evaluate("document.getElementById('said').textContent").asText())
          .containsPattern("[a-z]+  \\d+\\.\\d %");
      assertThat(browser.evaluate("document.getElementById('shown').naturalWidth").asInt())
          .isEqualTo(32);
      browser.await("document.getElementById('map').naturalWidth === 32");
      String where = "document.getElementById('where').textContent";
      String best = browser.evaluate(where).asText();
      assertThat(best).startsWith("Where it sees ");
      browser.evaluate("document.querySelectorAll('.answer')[3].click()");
      browser.await(where + " !== '" + best + "'");
      assertThat(browser.errors()).isEmpty();
      assertThat(shot(browser, "served")).isNotEmpty();
      browser.choose("#file", Path.of("README.md"));
      browser.await("document.getElementById('said').textContent.includes('known format')");
      assertThat(browser.evaluate("document.getElementById('seen').offsetHeight").asInt()).isZero();
      // That the second was refused is told by the browser, and is meant.
      assertThat(browser.errors()).allMatch(error -> error.contains("400"));
    }
  }

  @Test
  void servedPage_saysThatItDoesNotKnow() throws Exception {
    Model model = ModelReader.read(Path.of("tests/samples/shapes.onnx"));
    int size = model.graph().shapes(1).get(model.head().trunk()).size(1);
    // Everything lies farther from the first axis than nothing at all.
    Float[] axis = new Float[size];
    Arrays.setAll(axis, i -> i == 0 ? 1f : 0f);
    Model doubting = new Rejection(List.of(axis), size, -1, 0).in(model);
    InetSocketAddress any = new InetSocketAddress("127.0.0.1", 0);
    try (Backend backend = Backends.byName("java", 1);
        ModelServer server = ModelServer.start(doubting, "shapes", backend, 1, any);
        Browser browser = browser()) {
      browser.open("http://127.0.0.1:" + server.port() + "/");
      browser.choose("#file", STAR);
      browser.await("document.querySelectorAll('.unknown').length === 1");
      assertThat(browser.evaluate("document.querySelectorAll('.answer').length").asInt())
          .isEqualTo(6);
      assertThat(browser.evaluate("document.getElementById('said').textContent").asText())
          .startsWith("unknown: like none of its classes");
      browser.await("document.getElementById('map').naturalWidth === 32");
      assertThat(shot(browser, "unknown")).isNotEmpty();
      assertThat(browser.errors()).isEmpty();
    }
  }
}

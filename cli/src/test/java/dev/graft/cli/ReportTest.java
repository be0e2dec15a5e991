package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code report.html} of a run. */
class ReportTest {

  private static final Path SYMBOLS = Path.of("tests/samples/symbols");

  @TempDir private Path folder;

  private CommandRun train(Path data, Path run) {
    return graft(
        "train",
        "--model",
        "tests/samples/shapes.onnx",
        "--data",
        data,
        "--out",
        run,
        "--recipe",
        "staged",
        "--epochs",
        2,
        "--backend",
        "java");
  }

  @Test
  void report_holdsAllOfARun() throws IOException {
    Path run = folder.resolve("run");
    assertThat(train(SYMBOLS, run).code()).isZero();
    String page = Files.readString(run.resolve("report.html"));
    assertThat(page.length()).isLessThan(2_000_000);
    // Pictures in base64 may spell anything.
    assertThat(page.replaceAll("base64,[A-Za-z0-9+/=]*", ""))
        .doesNotContain("http:", "https:", "<script", "NaN")
        .doesNotContain("Pictures that could not be read")
        .contains("Learning curves", "Confusion matrix", "The most confident mistakes")
        .contains("Reliability", "Receipt", "bestEpoch", ">head</text>", ">all</text>");
    Matcher counts = Pattern.compile("<td class=\"count\"[^>]*>(\\d+)</td>").matcher(page);
    List<Integer> matrix = counts.results().map(found -> Integer.parseInt(found.group(1))).toList();
    assertThat(matrix).hasSize(16);
    assertThat(matrix.stream().mapToInt(Integer::intValue).sum()).isEqualTo(100);
    Matcher pictures = Pattern.compile("data:image/\\w+;base64,([^\"]+)").matcher(page);
    List<Integer> widths = new ArrayList<>();
    while (pictures.find()) {
      byte[] bytes = Base64.getDecoder().decode(pictures.group(1));
      widths.add(ImageIO.read(new ByteArrayInputStream(bytes)).getWidth());
    }
    // 16 filters of 3x3 weights, 30 pixels each, before and after.
    assertThat(widths.stream().filter(width -> width == 4 * 33 + 3)).hasSize(2);
    assertThat(page).contains("Filters of the first layer", "before training", "after training");
    long shown = widths.stream().filter(width -> width == 32).count();
    int wrong = 100 - matrix.get(0) - matrix.get(5) - matrix.get(10) - matrix.get(15);
    assertThat(shown).isEqualTo(Math.min(24, wrong)).isPositive();
  }

  @Test
  void namesThatLookLikeMarkup_areText() throws IOException {
    Path data = folder.resolve("a<b>&c");
    for (String name : List.of("<img src=x onerror=alert(1)>", "plain")) {
      for (String part : List.of("train", "val")) {
        Path to = Files.createDirectories(data.resolve(part).resolve(name));
        try (Stream<Path> found = Files.list(SYMBOLS.resolve(part).resolve("star"))) {
          for (Path file : found.sorted().limit(4).toList()) {
            Files.copy(file, to.resolve("<i>" + file.getFileName()));
          }
        }
      }
    }
    Path run = folder.resolve("run");
    CommandRun command = train(data, run);
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(Files.readString(run.resolve("report.html")))
        .doesNotContain("<img src=x", "<i>0", "a<b>")
        .contains("&lt;img src=x onerror=alert(1)&gt;", "&lt;i&gt;0");
  }

  /** What cannot be written costs no model: here something else has the name. */
  @Test
  void reportThatCannotBeWritten_losesNoModel() throws IOException {
    Path run = folder.resolve("run");
    Files.createDirectories(run.resolve("report.html/in the way"));
    CommandRun command = train(SYMBOLS, run);
    assertThat(command.code()).isZero();
    assertThat(command.err()).contains("warning: ", "report.html");
    assertThat(run.resolve("model.onnx")).exists();
    assertThat(run.resolve("receipt.json")).exists();
  }
}

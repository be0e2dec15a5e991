package dev.graft.tests.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.Model;
import dev.graft.core.transfer.Tuned;
import dev.graft.importers.ModelReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages that lead through the code: their links lead somewhere, their code runs. */
class CourseTest {

  private static final Path COURSE = Path.of("core/COURSE.md");
  private static final Path GUIDE = Path.of("importers/EMBEDDING.md");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:\\s]+)(#[^)]*)?\\)");
  private static final Path SAMPLES = Path.of("tests/samples");

  private static List<Path> links(Path page) throws IOException {
    List<Path> links = new ArrayList<>();
    Matcher matcher = LINK.matcher(Files.readString(page));
    while (matcher.find()) {
      links.add(page.toAbsolutePath().getParent().resolve(matcher.group(1)).normalize());
    }
    return links;
  }

  @Test
  void everyLink_leadsToAFile() throws IOException {
    for (Path page : List.of(COURSE, GUIDE, Path.of("README.md"), Path.of("CONTRIBUTING.md"))) {
      assertThat(links(page)).as(page.toString()).allMatch(Files::exists);
    }
    assertThat(links(Path.of("README.md")))
        .contains(COURSE.toAbsolutePath(), GUIDE.toAbsolutePath());
  }

  @Test
  void theCourse_goesInOrder_withSomethingToLookForAndToTryAtEachStop() throws IOException {
    String[] stops = Files.readString(COURSE).split("\n## ");
    assertThat(stops).hasSize(9);
    for (int i = 1; i < stops.length; i++) {
      assertThat(stops[i]).startsWith((i - 1) + ". ").contains("\nLook for: ", "\nTry: ", "](");
    }
    List<String> files = links(COURSE).stream().map(link -> link.getFileName().toString()).toList();
    assertThat(files)
        .containsSubsequence(
            "Relu.java",
            "Tape.java",
            "Backend.java",
            "Planner.java",
            "ActivationOperators.java",
            "StagedRecipe.java",
            "LinearProbe.java");
  }

  /** So that whoever opens a package knows where to go on. */
  @Test
  void everyPackageOfCore_handsTheReaderOn() throws IOException {
    List<String> order =
        List.of(
            "backend",
            "tensor",
            "op",
            "autograd",
            "graph",
            "rewrite",
            "plan",
            "data",
            "session",
            "train",
            "transfer",
            "insight");
    Path core = Path.of("core/src/main/java/dev/graft/core");
    for (int i = 0; i + 1 < order.size(); i++) {
      assertThat(Files.readString(core.resolve(order.get(i)).resolve("package-info.java")))
          .as(order.get(i))
          .contains("Next: {@link dev.graft.core." + order.get(i + 1) + "}");
    }
  }

  @Test
  void code_isWhatCompiles() throws IOException {
    assertThat(ReadmeTest.shown(COURSE)).isEqualTo(ReadmeTest.compiled("TapeExample.java"));
    assertThat(ReadmeTest.shown(GUIDE)).isEqualTo(ReadmeTest.compiled("GuideExample.java"));
    assertThat(ReadmeTest.shown(COURSE)).allSatisfy(c -> assertThat(c).hasSizeBetween(30, 42));
  }

  @Test
  void theTape_learnsExclusiveOr() {
    // Always saying a half costs 0.25.
    assertThat(TapeExample.run()).isLessThan(0.01);
  }

  @Test
  void theGuide_runs(@TempDir Path folder) throws IOException {
    Path file = SAMPLES.resolve("shapes.onnx");
    Path photos = SAMPLES.resolve("symbols");
    byte[] upload = Files.readAllBytes(photos.resolve("val/star/00.png"));
    Model model = ModelReader.read(file);
    assertThat(model.metadata().labels())
        .contains(GuideExample.load(file, new ByteArrayInputStream(upload)));
    assertThat(GuideExample.check(model, photos)).allMatch(line -> line.endsWith("?"));
    List<Integer> epochs = new ArrayList<>();
    Tuned tuned = GuideExample.tune(model, photos, epochs);
    assertThat(epochs).endsWith(6);
    assertThat(tuned.epochs()).isEqualTo(6);
    Model cut = GuideExample.cut(model, folder.resolve("cut.onnx"));
    assertThat(cut.metadata().labels()).containsExactly("yes", "no");
    assertThat(folder.resolve("cut.onnx")).exists();
    assertThat(GuideExample.refused(photos.resolve("val/star/00.png"))).isNotEqualTo("read");
  }
}

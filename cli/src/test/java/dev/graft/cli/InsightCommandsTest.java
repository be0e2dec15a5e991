package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.transfer.surgery.Surgery;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Whether transfer will help, from where, and what a network sees, on the samples. */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class InsightCommandsTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path DATA = Path.of("tests/samples/symbols");
  private static final Path STAR = DATA.resolve("val/star/00.png");

  @TempDir private Path folder;

  private static JsonNode json(CommandRun command) throws IOException {
    assertThat(command.code()).as(command.err()).isZero();
    return new ObjectMapper().readTree(command.out());
  }

  /** The same network, which knows nothing. */
  private Path random() {
    Model model = ModelReader.read(MODEL);
    Path file = folder.resolve("random.onnx");
    ModelWriter.write(Surgery.reinitialize(model, 3), file);
    return file;
  }

  private static CommandRun race(Path model, Object... more) {
    Object[] words = {
      "race", "--model", model, "--data", DATA, "--seed", 1, "--epochs", 5, "--json"
    };
    Object[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return graft(all);
  }

  @Test
  void race_saysThatKnownFiguresHelp_andThatRandomWeightsDoNot() throws IOException {
    JsonNode helps = json(race(MODEL, "--pictures", "2,10"));
    assertThat(helps.get("verdict").asText()).isEqualTo("helps");
    assertThat(helps.get("sentence").asText()).startsWith("transfer helps: ");
    assertThat(helps.get("heats")).hasSize(2);
    JsonNode run = helps.get("heats").get(0).get("starts").get("scratch").get("runs").get(0);
    assertThat(run.get("loss")).hasSize(5);
    assertThat(helps.has("crossover")).isTrue();
    JsonNode random = json(race(random(), "--pictures", "10"));
    System.out.println(random.get("sentence").asText());
    assertThat(random.get("sentence").asText())
        .startsWith("transfer is no better than from scratch");
  }

  @Test
  void race_showsHowFarLayersTransfer() throws IOException {
    Path page = folder.resolve("race.html");
    JsonNode raced =
        json(race(MODEL, "--pictures", "2,5", "--seeds", 1, "--layers", 2, "--html", page));
    assertThat(raced.get("verdict").asText()).isEqualTo("one_seed");
    assertThat(raced.get("layers")).hasSize(3);
    assertThat(raced.get("layers").get(0).get("layers").asInt()).isZero();
    assertThat(raced.get("layers").get(2).get("frozen").asDouble()).isBetween(0.0, 1.0);
    assertThat(Files.readString(page))
        .contains("From how many pictures on", "5 pictures of each class", "training loss")
        .contains("How far layers transfer", ">layers kept</text>", ">accuracy in %</text>")
        .doesNotContain("http:", "https:", "<script", "NaN");
  }

  @Test
  void race_refusesWhatMakesNone() {
    CommandRun command = race(MODEL, "--pictures", "0");
    assertThat(command.code()).isEqualTo(1);
    assertThat(command.err()).contains("at least 1 picture of each class");
    assertThat(race(MODEL, "--pictures", "50,80").err()).contains("no class has more than 20");
  }

  @Test
  void rank_putsTheNetworkThatKnowsFiguresFirst() throws IOException {
    Path random = random();
    JsonNode ranked = json(graft("rank", "--data", DATA, random, MODEL, "--json"));
    assertThat(ranked.size()).isGreaterThanOrEqualTo(4);
    assertThat(ranked.get(0).get("model").asText()).isEqualTo(MODEL.toString());
    double last = 1;
    for (JsonNode one : ranked) {
      assertThat(one.get("probe").asDouble()).isBetween(0.0, last);
      last = one.get("probe").asDouble();
      assertThat(one.get("parameters").asLong()).isPositive();
      assertThat(one.get("logMe").isNumber()).isTrue();
    }
    Path few = Files.createDirectories(folder.resolve("few"));
    for (String name : List.of("star", "moon")) {
      Path to = Files.createDirectories(few.resolve(name)).resolve("00.png");
      Files.copy(DATA.resolve("train").resolve(name).resolve("00.png"), to);
    }
    assertThat(graft("rank", "--data", few, MODEL).err())
        .startsWith("error: ")
        .contains("two classes with two readable pictures each, found 0");
    CommandRun text = graft("rank", "--data", DATA, MODEL);
    assertThat(text.out()).contains("probe", "LogME", "parameters", "best: ");
    assertThat(text.out().lines().limit(3)).allMatch(line -> line.length() <= 80);
  }

  @Test
  void train_startsFromACutThatRankNames() throws IOException {
    JsonNode ranked = json(graft("rank", "--data", DATA, MODEL, "--json"));
    JsonNode cut = null;
    for (JsonNode one : ranked) {
      cut = one.get("whole").asBoolean() || one.get("layers").asInt() < 2 ? cut : one;
    }
    String value = cut.get("cut").asText();
    Path run = folder.resolve("cut");
    CommandRun trained =
        graft(
            "train",
            "--model",
            MODEL,
            "--data",
            DATA,
            "--out",
            run,
            "--epochs",
            1,
            "--recipe",
            "head",
            "--cut",
            value);
    assertThat(trained.code()).as(trained.err()).isZero();
    Model model = ModelReader.read(run.resolve("model.onnx"));
    assertThat(model.metadata().labels()).hasSize(4);
    // The layers up to the cut, and a head of four classes on as many features as come out there.
    long head = 4 * (cut.get("features").asLong() + 1);
    assertThat(
            model.graph().stored(Role.PARAMETER).stream()
                .mapToLong(name -> model.weights().get(name).shape().elements())
                .sum())
        .isEqualTo(cut.get("parameters").asLong() + head);
    assertThat(
            graft(
                    "train",
                    "--model",
                    MODEL,
                    "--data",
                    DATA,
                    "--out",
                    run,
                    "--cut",
                    value,
                    "--new-head")
                .err())
        .contains("--cut drops the head");
    assertThat(graft("train", "--model", MODEL, "--data", DATA, "--out", run, "--cut", "no").err())
        .contains("--cut no: no value or node is named no");
  }

  @Test
  void compare_findsANetworkLikeItself_andAnotherLessSo() throws IOException {
    Path filters = folder.resolve("filters.png");
    JsonNode same = json(graft("compare", MODEL, MODEL, "--filters", filters, "--json"));
    for (int i = 0; i < same.get("cka").size(); i++) {
      assertThat(same.get("cka").get(i).get(i).asDouble()).isBetween(1 - 1e-6, 1 + 1e-6);
    }
    BufferedImage picture = ImageIO.read(filters.toFile());
    assertThat(picture.getWidth()).isGreaterThan(picture.getHeight());
    JsonNode other = json(graft("compare", MODEL, random(), "--data", DATA, "--json"));
    int last = other.get("cka").size() - 1;
    assertThat(other.get("cka").get(last).get(last).asDouble()).isBetween(0.0, 0.95);
    CommandRun text = graft("compare", MODEL, MODEL);
    assertThat(text.out()).contains("A \\ B", "100", "A: 1 ", "B: 1 ");
    assertThat(text.err()).contains("generated patterns");
  }

  @Test
  void units_tellsSpecificity_beforeAndAfter_andDrawsThem() throws IOException {
    Path out = folder.resolve("units");
    JsonNode units =
        json(
            graft(
                "units",
                "--model",
                MODEL,
                "--data",
                DATA,
                "--before",
                random(),
                "--out",
                out,
                "--json"));
    assertThat(units.get("layers").size()).isEqualTo(units.get("before").size());
    for (JsonNode layer : units.get("layers")) {
      assertThat(layer.get("specificity").asDouble()).isBetween(0.0, 1.0);
    }
    assertThat(ImageIO.read(out.resolve("filters.png").toFile())).isNotNull();
    assertThat(ImageIO.read(out.resolve("units.png").toFile()).getWidth()).isGreaterThan(600);
    assertThat(graft("units", "--model", MODEL, "--data", DATA).out())
        .contains("specific", "units that know nothing of the classes");
  }

  @Test
  void predict_explains_whereItSawTheClass() throws IOException {
    Path out = folder.resolve("seen");
    CommandRun command =
        graft("predict", "--model", MODEL, STAR, STAR, "--explain", out, "--top", 1);
    assertThat(command.code()).as(command.err()).isZero();
    BufferedImage picture = ImageIO.read(out.resolve("00.png.png").toFile());
    assertThat(picture.getWidth()).isEqualTo(2 * picture.getHeight());
    assertThat(Files.exists(out.resolve("00.png-2.png"))).isTrue();
    Path file = Files.writeString(folder.resolve("a file"), "");
    CommandRun blocked = graft("predict", "--model", MODEL, STAR, "--explain", file);
    assertThat(blocked.code()).isEqualTo(1);
    assertThat(blocked.errors()).hasSize(1);
    assertThat(blocked.err()).contains("cannot be written");
  }
}

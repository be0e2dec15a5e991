package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Cast;
import dev.graft.core.op.layout.Gather;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts through the commands, on a network of one embedding and one product. */
class TextCommandsTest {

  private static final List<String> WORDS =
      List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "fine", "poor", "bad", "film");

  private static final int WIDTH = 8;

  @TempDir private Path folder;

  private Path model;
  private Path data;

  @BeforeEach
  void writeModelAndData() throws IOException {
    model = folder.resolve("encoder.onnx");
    ModelWriter.write(encoder(WORDS.size()), model);
    Files.writeString(folder.resolve("vocab.txt"), String.join("\n", WORDS) + "\n");
    StringBuilder rows = new StringBuilder("text,label\n");
    Random random = new Random(1);
    for (int i = 0; i < 60; i++) {
      boolean likes = i % 2 == 0;
      String word = WORDS.get((likes ? 5 : 7) + random.nextInt(2));
      rows.append("\"film, ").append(word);
      rows.append(" film".repeat(random.nextInt(3))).append("\",").append(likes ? "up" : "down");
      rows.append('\n');
    }
    data = folder.resolve("reviews.csv");
    Files.writeString(data, rows);
  }

  private static Model encoder(int words) {
    Random random = new Random(7);
    Map<String, Tensor> weights =
        Map.of(
            "words", noise(random, Shape.of(words, WIDTH)),
            "dense", noise(random, Shape.of(WIDTH, WIDTH)));
    List<Node> nodes =
        List.of(
            new Node("embed", new Gather(0), List.of("words", "input_ids"), List.of("embedded")),
            new Node("mix", new MatMul(), List.of("embedded", "dense"), List.of("mixed")),
            new Node("cast", new Cast(), List.of("attention_mask"), List.of("floats")),
            new Node("column", new Unsqueeze(List.of(2)), List.of("floats"), List.of("column")),
            new Node("keep", new Mul(), List.of("mixed", "column"), List.of("states")));
    Graph graph =
        new Graph(
            List.of(tokens("input_ids"), tokens("attention_mask")),
            Map.of("words", Shape.of(words, WIDTH), "dense", Shape.of(WIDTH, WIDTH)),
            nodes,
            List.of("states"));
    return new Model(graph, Weights.of(weights), Metadata.NONE);
  }

  private static Tensor noise(Random random, Shape shape) {
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(shape, values);
  }

  private static InputSpec tokens(String name) {
    Shape shape = Shape.ofSizes(Size.BATCH, Size.open("length", name));
    return new InputSpec(name, ElementType.INT64, shape);
  }

  private CommandRun train(Object... more) {
    Object[] all = new Object[11 + more.length];
    Object[] first = {
      "train", "--model", model, "--data", data, "--recipe", "head", "--epochs", 20, "--out", run()
    };
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return graft(all);
  }

  private Path run() {
    return folder.resolve("run");
  }

  @Test
  void tunedModel_carriesItsTokenizer() throws IOException {
    CommandRun trained = train("--tokenizer", folder.resolve("vocab.txt"));
    assertThat(trained.err()).contains("a text is the mean of its tokens' vectors, states");
    assertThat(trained.out()).contains("texts to learn from");
    assertThat(trained.code()).as(trained.err()).isZero();
    Path tuned = Files.move(run().resolve("model.onnx"), folder.resolve("alone.onnx"));
    Files.delete(folder.resolve("vocab.txt"));
    assertThat(ModelReader.read(tuned).metadata().text()).isNotNull();
    CommandRun predicted =
        graft("predict", "--model", tuned, "--text", "good film", "--text", "bad film", "--top", 1);
    assertThat(predicted.out().lines().toList().get(0)).startsWith("good film\tup\t");
    assertThat(predicted.out().lines().toList().get(1)).startsWith("bad film\tdown\t");
    CommandRun measured = graft("evaluate", "--model", tuned, "--data", data, "--json");
    // A guess is right half of the time.
    assertThat(new ObjectMapper().readTree(measured.out()).get("accuracy").asDouble())
        .isGreaterThan(0.85);
    assertThat(Files.readString(run().resolve("report.html"))).contains("texts that validate");
  }

  @Test
  void linesOfAFile_arePredictedInTheirOrder() throws IOException {
    assertThat(train().err()).contains("vocab.txt, which lies beside the model");
    Path lines = folder.resolve("lines.txt");
    Files.writeString(lines, "bad film\n\ngood good good good good good good good film\n");
    CommandRun predicted =
        graft("predict", "--model", run().resolve("model.onnx"), "--input", lines, "--top", 1);
    assertThat(predicted.out().lines().map(line -> line.split("\t", 2)[0]).toList())
        .containsExactly("bad film", "", "good good good good good good good good film");
    assertThat(predicted.out().lines().toList().get(2)).contains("\tup\t");
  }

  @Test
  void fullTuning_trainsTheEmbeddingToo() {
    Object[] all = {
      "train", "--model", model, "--data", data, "--recipe", "full", "--epochs", 3, "--out", run()
    };
    CommandRun trained = graft(all);
    assertThat(trained.code()).as(trained.err()).isZero();
    float[] before = ModelReader.read(model).weights().get("words").toArray();
    float[] after = ModelReader.read(run().resolve("model.onnx")).weights().get("words").toArray();
    assertThat(after).isNotEqualTo(before);
  }

  @Test
  void tokenizerLargerThanTheEmbedding_isRefusedWithBothSizes() throws IOException {
    Files.writeString(folder.resolve("vocab.txt"), String.join("\n", WORDS) + "\nmore\n");
    CommandRun refused = train();
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err())
        .contains("the tokenizer has 11 tokens, the model's embedding words [10,8] rows for 10");
    assertThat(run()).doesNotExist();
  }

  @Test
  void modelWithoutTokenizer_asksForOne() throws IOException {
    Files.delete(folder.resolve("vocab.txt"));
    assertThat(train().err()).contains("give --tokenizer tokenizer.json or vocab.txt");
  }

  @Test
  void optionsForPictures_areRefused() {
    assertThat(train("--augment", "flip").err()).contains("--augment is for pictures");
  }

  @Test
  void commandsForPictures_saySoOfTexts() {
    for (Object[] words :
        new Object[][] {
          {"data", data},
          {"rank", "--data", data, model},
          {"race", "--model", model, "--data", data},
          {"distill", "--teacher", model, "--student", "half", "--data", data, "--out", run()},
        }) {
      CommandRun refused = graft(words);
      assertThat(refused.code()).as(refused.err()).isNotZero();
      assertThat(refused.err())
          .contains("takes pictures", "'graft train', 'evaluate' and 'predict'");
    }
  }

  @Test
  void longTexts_areCutAndToldOnce() throws IOException {
    Files.writeString(data, "text,label\n" + "film ".repeat(600) + ",x\nbad,y\nbad,y\nfilm,x\n");
    CommandRun trained = train("--val", "0.5");
    assertThat(trained.err().lines().filter(line -> line.contains("longer than the 512 tokens")))
        .hasSize(1)
        .first()
        .asString()
        .contains("1 text is");
  }
}

package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.MatMul;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.PreprocessingJson;
import dev.graft.importers.numpy.Npy;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each wrong input is one clear line and exit code 1, and leaves no model behind. */
class BadInputTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path DATA = Path.of("tests/samples/symbols");

  @TempDir private Path folder;
  private Path run;

  @BeforeEach
  void nameTheRun() {
    run = folder.resolve("run");
  }

  private CommandRun train(Path model, Path data, Object... more) {
    Object[] start = {"train", "--model", model, "--data", data, "--out", run, "--epochs", 2};
    Object[] all = Arrays.copyOf(start, start.length + more.length);
    System.arraycopy(more, 0, all, start.length, more.length);
    return graft(all);
  }

  private void refused(CommandRun command, String... parts) {
    assertThat(command.code()).as(command.err()).isEqualTo(1);
    assertThat(command.errors()).hasSize(1);
    assertThat(command.err())
        .startsWith("error: ")
        .contains(parts)
        .doesNotContain("fault of graft");
    assertThat(run.resolve("model.onnx")).doesNotExist();
  }

  private Path file(String name, byte... contents) throws IOException {
    return Files.write(folder.resolve(name), contents);
  }

  private Path picture(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage picture = new BufferedImage(32, 32, BufferedImage.TYPE_BYTE_GRAY);
    picture.getRaster().setSample(name.hashCode() & 31, 3, 0, 200);
    ImageIO.write(picture, "png", file.toFile());
    return file;
  }

  @Test
  void truncatedModel_isNamed() throws IOException {
    byte[] whole = Files.readAllBytes(MODEL);
    Path cut = file("cut.onnx", Arrays.copyOf(whole, whole.length / 2));
    refused(train(cut, DATA), "cut.onnx", "truncated");
    refused(graft("inspect", cut), "cut.onnx", "truncated");
  }

  @Test
  void emptyForeignOrMissingModel_isNamed() throws IOException {
    refused(train(file("empty.onnx"), DATA), "empty.onnx", "is empty");
    refused(train(file("text.onnx", "hello".getBytes()), DATA), "text.onnx", "text file");
    refused(train(folder.resolve("none.onnx"), DATA), "none.onnx", "no such file");
    refused(train(folder, DATA), "is a folder");
  }

  @Test
  void modelThatDoesNotSayItsPreprocessing_listsTheNames() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.flatten(g.input("image", Shape.of(1, 32, 32)));
    Model silent = g.build(g.linear("fc", x, 4));
    Path file = folder.resolve("silent.onnx");
    ModelWriter.write(silent, file);
    refused(train(file, DATA), "--preprocess", "imagenet, tf, caffe, unit, none");
    refused(train(file, DATA, "--preprocess", "magic"), "unknown preprocessing magic");
    refused(train(file, DATA, "--preprocess", "imagenet"), "1 channel", "use unit");
  }

  @Test
  void dataThatIsNotThere_isNamed() throws IOException {
    refused(train(MODEL, folder.resolve("nowhere")), "nowhere", "does not exist");
    refused(train(MODEL, file("a.txt", (byte) 65)), "is a file");
    Files.createDirectories(folder.resolve("bare"));
    refused(train(MODEL, folder.resolve("bare")), "found an empty folder", "one sub-folder");
  }

  @Test
  void oneClassOrAnEmptyOne_isNamed() throws IOException {
    picture("one/cats/1.png");
    refused(train(MODEL, folder.resolve("one")), "only one class", "cats");
    Files.createDirectories(folder.resolve("one/dogs"));
    refused(train(MODEL, folder.resolve("one")), "dogs", "no pictures");
  }

  @Test
  void classThatTrainingLacks_isNamed() throws IOException {
    for (String name : new String[] {"train/a/1", "train/b/1", "val/a/2", "val/c/2"}) {
      picture("split/" + name + ".png");
    }
    refused(train(MODEL, folder.resolve("split")), "c", "train", "a, b");
  }

  @Test
  void unreadablePictures_areFatalAboveATenth() throws IOException {
    for (int i = 0; i < 6; i++) {
      Files.createDirectories(folder.resolve("junk/" + i % 2));
      Files.writeString(folder.resolve("junk/" + i % 2 + "/" + i + ".jpg"), "no picture");
    }
    refused(train(MODEL, folder.resolve("junk")), "4 of 4 pictures", ".jpg");
  }

  @Test
  void fewUnreadablePictures_areSkippedAndListed() throws IOException {
    for (int i = 0; i < 60; i++) {
      picture("data/" + i % 2 + "/" + i + ".png");
    }
    Files.writeString(folder.resolve("data/0/00bad.png"), "no picture");
    CommandRun command = train(MODEL, folder.resolve("data"), "--recipe", "head");
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.err()).contains("skipped 1 picture", "00bad.png");
    assertThat(run.resolve("model.onnx")).exists();
  }

  @Test
  void lossThatIsNoNumber_namesTheRateAndKeepsTheCheckpoint() {
    refused(train(MODEL, DATA, "--recipe", "full", "--lr", "1e30"), "loss became", "learning rate");
    assertThat(run.resolve("metrics.jsonl")).exists();
  }

  @Test
  void optionsOutOfRange_areRefused() {
    refused(train(MODEL, DATA, "--lr", -1), "learning rate", "-1");
    refused(train(MODEL, DATA, "--batch", 0), "batch");
    refused(train(MODEL, DATA, "--threads", 0), "--threads");
    refused(train(MODEL, DATA, "--optimizer", "magic"), "magic", "sgd");
    refused(train(MODEL, DATA, "--freeze", "nothing.like.it"), "matches no layer");
    refused(train(MODEL, DATA, "--lr-factor", "stem=-2"), "stem", "-2");
    refused(train(MODEL, DATA, "--backend", "quantum"), "quantum", "reference");
  }

  @Test
  void wrongUsage_exitsWithTwo() {
    for (CommandRun command :
        new CommandRun[] {
          graft("frobnicate"), graft("train"), graft(), train(MODEL, DATA, "--recipe", "magic")
        }) {
      assertThat(command.code()).isEqualTo(2);
      assertThat(command.errors().get(0)).startsWith("error: ");
      assertThat(command.err()).doesNotContain("\tat ");
    }
  }

  @Test
  void outputThatCannotBeWritten_isNamed() throws IOException {
    Path blocked = file("blocked", (byte) 1);
    CommandRun command =
        graft("train", "--model", MODEL, "--data", DATA, "--out", blocked.resolve("run"));
    refused(command, "blocked", "cannot be written");
  }

  @Test
  void arraysThatDoNotFit_areRefused() throws IOException {
    Path noArray = file("x.npy", "no array".getBytes());
    Path out = folder.resolve("y.npy");
    refused(graft("run", MODEL, "--input", noArray, "--output", out), "x.npy", "NumPy");
    assertThat(out).doesNotExist();
  }

  @Test
  void predictingWhatIsNoPicture_isNamed() throws IOException {
    refused(graft("predict", "--model", MODEL, file("p.jpg", (byte) 7)), "p.jpg");
    refused(graft("predict", "--model", MODEL, folder.resolve("none.jpg")), "does not exist");
  }

  @Test
  void preprocessingFileWithAnUnknownField_isNamed() throws IOException {
    Path json = folder.resolve("p.json");
    Files.writeString(json, "{\"hight\": 3}");
    refused(train(MODEL, DATA, "--preprocess", json), "p.json", "hight");
  }

  /** The sample with every occurrence of a name replaced by one of the same length. */
  private Path patched(String name, String from, String to) throws IOException {
    String bytes = Files.readString(MODEL, StandardCharsets.ISO_8859_1);
    assertThat(bytes).contains(from);
    assertThat(to).hasSameSizeAs(from);
    Path file = folder.resolve(name);
    return Files.writeString(file, bytes.replace(from, to), StandardCharsets.ISO_8859_1);
  }

  @Test
  void operatorThatIsNotKnown_isNamedWithItsNodeItsOpsetAndWhatToDo() throws IOException {
    Path strange = patched("strange.onnx", "GlobalAveragePool", "GlobalStrangePool");
    refused(
        train(strange, DATA), "strange.onnx", "GlobalStrangePool", "globalaveragepool1", "opset");
    refused(graft("inspect", strange), "GlobalStrangePool");
    assertThat(graft("inspect", strange).err()).containsIgnoringCase("export");
  }

  @Test
  void missingExternalData_isNamed() throws IOException {
    // ModelProto { ir_version, opset_import { 13 }, graph { initializer { … external } } }
    byte[] entry = message(field(1, "location"), field(2, "far.bin"));
    byte[] tensor =
        message(
            new byte[] {8, 2},
            new byte[] {16, 1},
            field(8, "w"),
            field(13, entry),
            new byte[] {14 << 3, 1});
    byte[] node = message(field(1, "w"), field(2, "y"), field(3, "same"), field(4, "Identity"));
    byte[] graph =
        message(field(1, node), field(2, "g"), field(5, tensor), field(12, field(1, "y")));
    Path file =
        file(
            "far.onnx", message(new byte[] {8, 8}, field(7, graph), field(8, new byte[] {16, 13})));
    refused(graft("inspect", file), "far.onnx", "far.bin");
    refused(train(file, DATA), "far.bin");
  }

  private static byte[] field(int number, String text) {
    return field(number, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A length-delimited field of protobuf; short ones only. */
  private static byte[] field(int number, byte[] contents) {
    return message(new byte[] {(byte) (number << 3 | 2), (byte) contents.length}, contents);
  }

  private static byte[] message(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Test
  void shapesThatDoNotFit_areNamedWithTheLayerAndBoth() throws IOException {
    Path in = folder.resolve("x.npy");
    Path out = folder.resolve("y.npy");
    Npy.write(Tensor.zeros(Shape.of(3, 3, 32, 32)), in);
    refused(
        graft("run", MODEL, "--input", in, "--output", out), "image", "[N,1,32,32]", "[3,3,32,32]");
    assertThat(out).doesNotExist();
    Path json = folder.resolve("p.json");
    Files.writeString(json, PreprocessingJson.write(Preprocessing.named("unit", 1, 16, 16)));
    refused(train(MODEL, DATA, "--preprocess", json), "image", "[N,1,32,32]", "[N,1,16,16]");
    refused(
        graft("predict", "--model", MODEL, DATA.resolve("val/star/00.png"), "--preprocess", json),
        "image",
        "[N,1,16,16]");
  }

  @Test
  void weightOfAnotherShape_isNamedWithItsLayer() throws IOException {
    GraphBuilder g = new GraphBuilder(1);
    g.weight("matrix", Tensor.zeros(Shape.of(5, 4)));
    String x = g.input("vector", Shape.of(5));
    Model model = g.build(g.node("layer", new MatMul(), x, "matrix"));
    Path whole = folder.resolve("whole.onnx");
    ModelWriter.write(model, whole);
    // The dimensions 5, 4 of the initializer; 4, 5 have as many elements.
    String bytes = Files.readString(whole, StandardCharsets.ISO_8859_1);
    String from = "\b\5\b\4";
    assertThat(bytes).contains(from);
    Path file = folder.resolve("turned.onnx");
    Files.writeString(file, bytes.replace(from, "\b\4\b\5"), StandardCharsets.ISO_8859_1);
    refused(graft("inspect", file), "layer (MatMul", "5 features", "[4,5]");
  }

  @Test
  void picturesWithoutClassFolders_areCounted() throws IOException {
    picture("flat/1.png");
    picture("flat/2.png");
    refused(train(MODEL, folder.resolve("flat")), "2 pictures but no class folders");
  }

  @Test
  void idxPicturesWithoutLabels_areRefused() throws IOException {
    Files.createDirectories(folder.resolve("idx"));
    file("idx/train-images-idx3-ubyte", (byte) 0, (byte) 0, (byte) 8, (byte) 3, (byte) 0);
    refused(train(MODEL, folder.resolve("idx")), "found pictures but no labels");
  }

  @Test
  void anEarlierRunsResults_goBeforeANewRunCanFail() throws IOException {
    assertThat(train(MODEL, DATA, "--recipe", "head").code()).isZero();
    assertThat(run.resolve("model.onnx")).exists();
    refused(train(MODEL, DATA, "--recipe", "full", "--lr", "1e30"), "learning rate");
    assertThat(run.resolve("report.json")).doesNotExist();
    // Nor may the earlier run's checkpoint pass for the last good one of this run.
    assertThat(run.resolve("checkpoints/last.safetensors")).doesNotExist();
  }

  @Test
  void wrongOptions_leaveAnEarlierRunAlone() {
    assertThat(train(MODEL, DATA, "--recipe", "head").code()).isZero();
    for (Object[] wrong :
        new Object[][] {
          {"--lr", -1},
          {"--optimizer", "magic"},
          {"--patience", -1},
          {"--augment", "magic"},
          {"--freeze", "nothing*"},
          {"--lr-factor", "nothing*=0.1"}
        }) {
      assertThat(train(MODEL, DATA, wrong).code()).isEqualTo(1);
      assertThat(run.resolve("model.onnx")).exists();
    }
  }

  @Test
  void outputsThatCannotBeWritten_areNamed() throws IOException {
    Path blocked = file("blocked", (byte) 1);
    refused(graft("convert", MODEL, blocked.resolve("m.onnx")), "m.onnx", "cannot be written");
    Path in = folder.resolve("x.npy");
    Npy.write(Tensor.zeros(Shape.of(1, 1, 32, 32)), in);
    refused(
        graft("run", MODEL, "--input", in, "--output", blocked.resolve("y.npy")),
        "y.npy",
        "cannot be written");
    refused(graft("train", "--model", MODEL, "--data", DATA, "--out", blocked), "blocked");
  }

  @Test
  void teacherOfOtherClasses_isRefused() {
    refused(
        graft(
            "distill",
            "--teacher",
            MODEL,
            "--student",
            MODEL,
            "--data",
            DATA,
            "--out",
            run,
            "--epochs",
            2),
        "teacher",
        "fine-tune the teacher");
    refused(
        graft(
            "distill",
            "--teacher",
            MODEL,
            "--student",
            MODEL,
            "--data",
            DATA,
            "--out",
            run,
            "--alpha",
            2),
        "--alpha");
    refused(
        graft(
            "distill",
            "--teacher",
            MODEL,
            "--student",
            MODEL,
            "--data",
            DATA,
            "--out",
            run,
            "--labelled",
            3),
        "at least one for each of 4 classes");
  }

  @Test
  void namesTheModelDoesNotHave_areRefused() {
    Path in = folder.resolve("x.npy");
    Path out = folder.resolve("y.npy");
    Npy.write(Tensor.zeros(Shape.of(1, 1, 32, 32)), in);
    refused(graft("run", MODEL, "--input", "nobody=" + in, "--output", out), "nobody", "image");
    refused(graft("run", MODEL, "--input", in, "--output", "nobody=" + out), "nobody");
    refused(
        graft("run", MODEL, "--input", folder.resolve("none.npy"), "--output", out), "none.npy");
    refused(graft("predict", "--model", MODEL, DATA.resolve("val/star/00.png"), "--top", 0), "top");
  }

  @Test
  void stackTrace_isShownWhereAskedFor() {
    CommandRun command = graft("inspect", folder.resolve("none.onnx"), "--stacktrace");
    assertThat(command.code()).isEqualTo(1);
    assertThat(command.errors().get(0)).startsWith("error: ");
    assertThat(command.err()).contains("\tat dev.graft");
  }
}

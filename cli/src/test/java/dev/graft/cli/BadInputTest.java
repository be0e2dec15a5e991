package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.Preprocessing;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.PreprocessingJson;
import dev.graft.importers.numpy.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Options, arrays and places for results that do not do. */
class BadInputTest extends BadInputFixture {

  @Test
  void lossThatIsNoNumber_namesTheRate() {
    refused(train(MODEL, DATA, "--recipe", "full", "--lr", "1e30"), "loss became", "learning rate");
  }

  @Test
  void optionsOutOfRange_areRefused() {
    refused(train(MODEL, DATA, "--lr", -1), "learning rate", "-1");
    refused(train(MODEL, DATA, "--batch", 0), "batch");
    refused(train(MODEL, DATA, "--threads", 0), "--threads");
    refused(train(MODEL, DATA, "--optimizer", "magic"), "magic", "sgd");
    refused(train(MODEL, DATA, "--freeze", "nothing.like.it"), "matches no layer", "near it are");
    // Told before the folder of the run is touched.
    assertThat(run).doesNotExist();
    refused(train(MODEL, DATA, "--lr-factor", "stem=-2"), "stem", "-2");
    refused(train(MODEL, DATA, "--backend", "quantum"), "quantum", "reference");
  }

  @Test
  void wrongUsage_exitsWithTwo() {
    for (CommandRun command :
        new CommandRun[] {
          graft("frobnicate"), graft("train"), train(MODEL, DATA, "--recipe", "magic")
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
}

package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.core.graph.Model;
import dev.graft.core.train.CheckpointStore;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.safetensors.SafetensorsCheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What a folder held before a run is there until that run has something better. */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class EarlierResultTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path DATA = Path.of("tests/samples/symbols");

  @TempDir private Path folder;

  private Path run;

  @BeforeEach
  void trainOnce() {
    run = folder.resolve("run");
    ok(train(run, "--epochs", 1));
  }

  private static CommandRun train(Path out, Object... more) {
    List<Object> words =
        new ArrayList<>(List.of("train", "--model", MODEL, "--data", DATA, "--out", out));
    words.addAll(Arrays.asList(more));
    Map<String, Object> otherwise = Map.of("--recipe", "head", "--seed", 3, "--backend", "java");
    otherwise.forEach(
        (option, value) -> {
          if (!words.contains(option)) {
            words.addAll(List.of(option, value));
          }
        });
    return graft(words.toArray());
  }

  private static void ok(CommandRun command) {
    assertThat(command.code()).as(command.err()).isZero();
  }

  private static void refused(CommandRun command, String... parts) {
    assertThat(command.code()).as(command.err()).isEqualTo(1);
    assertThat(command.errors()).hasSize(1);
    assertThat(command.err()).startsWith("error: ").contains(parts);
  }

  /** Every file of a folder, those with a dot too, with its contents. */
  private static TreeMap<String, List<Byte>> contents(Path folder) throws IOException {
    TreeMap<String, List<Byte>> contents = new TreeMap<>();
    List<Path> files;
    try (Stream<Path> found = Files.walk(folder)) {
      files = found.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      List<Byte> bytes = new ArrayList<>();
      for (byte b : Files.readAllBytes(file)) {
        bytes.add(b);
      }
      contents.put(folder.relativize(file).toString(), bytes);
    }
    return contents;
  }

  @Test
  void failingRun_leavesEverythingAsItWas() throws IOException {
    var before = contents(run);
    refused(train(run, "--recipe", "full", "--epochs", 2, "--lr", 1e30), "lower the rate");
    refused(train(run, "--epochs", 2, "--freeze", "*"), "every parameter is frozen");
    refused(train(run, "--epochs", 2, "--batch", 0), "batch");
    assertThat(contents(run)).isEqualTo(before);
  }

  @Test
  void completeRun_replacesEverything() throws IOException {
    ok(train(run, "--epochs", 2, "--seed", 4));
    Path alone = folder.resolve("alone");
    ok(train(alone, "--epochs", 2, "--seed", 4));
    var expected = contents(alone);
    var found = contents(run);
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    for (String file : List.of("model.onnx", "labels.txt", "checkpoints/best.safetensors")) {
      assertThat(found.get(file)).as(file).isEqualTo(expected.get(file));
    }
    assertThat(Files.readAllLines(run.resolve("metrics.jsonl"))).hasSize(2);
    assertThat(Files.isDirectory(run.resolve(".next"))).isFalse();
  }

  /** The exchange, ended after any number of its steps, is completed by the next run. */
  @Test
  void exchangeEndedHalfWay_isCompletedByTheNextRun() throws IOException {
    Path newer = folder.resolve("newer");
    ok(train(newer, "--epochs", 2, "--seed", 4));
    Path next = Files.createDirectories(run.resolve(".next/checkpoints")).getParent();
    for (String file :
        List.of(
            "report.json",
            "model.onnx",
            "checkpoints/best.safetensors",
            "checkpoints/run.safetensors")) {
      Files.copy(newer.resolve(file), next.resolve(file));
    }
    for (String file :
        List.of(
            "receipt.json",
            "report.html",
            "metrics.jsonl",
            "labels.txt",
            "checkpoints/last.safetensors")) {
      Files.copy(newer.resolve(file), run.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Path converted = folder.resolve("converted.onnx");
    ok(graft("convert", run, converted));
    assertThat(converted).hasSameBinaryContentAs(newer.resolve("model.onnx"));
    CommandRun failing = train(run, "--epochs", 2, "--recipe", "full", "--lr", 1e30);
    assertThat(failing.code()).isEqualTo(1);
    assertThat(failing.out()).contains("ended while saving");
    assertThat(contents(run)).isEqualTo(contents(newer));
  }

  /** Leaves what a run that was killed after its first epoch does. */
  private void pretendKilled(Path work) throws IOException {
    Path done = folder.resolve("done");
    ok(train(done, "--epochs", 1, "--seed", 9));
    var store = new SafetensorsCheckpointStore(work.resolve("checkpoints"));
    Files.createDirectories(work.resolve("checkpoints"));
    for (String state : List.of(CheckpointStore.BEST, CheckpointStore.LAST)) {
      String file = "checkpoints/" + state + ".safetensors";
      Files.copy(done.resolve(file), work.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.copy(
        done.resolve("metrics.jsonl"),
        work.resolve("metrics.jsonl"),
        StandardCopyOption.REPLACE_EXISTING);
    store.start(ModelReader.read(done.resolve("model.onnx")));
  }

  @Test
  void rerunThatWasKilled_becomesAModel_byConvertAndByTheNextRun() throws IOException {
    var before = contents(run);
    pretendKilled(run.resolve(".next"));
    Path converted = folder.resolve("converted.onnx");
    CommandRun convert = graft("convert", run, converted);
    ok(convert);
    assertThat(convert.out()).contains("has not finished, from epoch 1");
    Path interrupted = run.resolve("interrupted.onnx");
    CommandRun failing = train(run, "--recipe", "full", "--epochs", 2, "--lr", 1e30);
    assertThat(failing.out()).contains(interrupted.toString());
    Path done = folder.resolve("done/model.onnx");
    assertThat(converted).hasSameBinaryContentAs(done);
    assertThat(interrupted).hasSameBinaryContentAs(done);
    Files.delete(interrupted);
    assertThat(contents(run)).isEqualTo(before);
  }

  @Test
  void firstRunThatWasKilled_becomesAModel_andSurvivesARunThatFails() throws IOException {
    Path killed = folder.resolve("killed");
    pretendKilled(killed);
    Files.createFile(killed.resolve(".lock"));
    var before = contents(killed);
    refused(train(killed, "--recipe", "full", "--epochs", 2, "--lr", 1e30), "lower the rate");
    assertThat(contents(killed)).isEqualTo(before);
    Path converted = folder.resolve("converted.onnx");
    ok(graft("convert", killed, converted));
    assertThat(converted).hasSameBinaryContentAs(folder.resolve("done/model.onnx"));
    assertThat(graft("convert", killed, folder.resolve("weights.safetensors")).code()).isZero();
    ok(train(killed, "--epochs", 1));
    assertThat(contents(killed).keySet()).isEqualTo(contents(run).keySet());
  }

  @Test
  void folderThatIsNoRun_isRefusedByConvert() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    refused(graft("convert", empty, folder.resolve("x.onnx")), "is a folder without a model");
  }

  @Test
  void whatAKilledWriterLeft_isCleanedUp() throws IOException {
    String id = "123e4567-e89b-12d3-a456-426614174000";
    Path next = Files.createDirectories(run.resolve(".next/checkpoints")).getParent();
    Files.writeString(next.resolve(".model.onnx." + id), "half");
    Files.writeString(next.resolve("checkpoints/.best.safetensors." + id), "half");
    ok(train(run, "--epochs", 1));
    assertThat(next).doesNotExist();
  }

  @Test
  void runIntoTheFolderOfItsModel_isRefusedAtOnce() throws IOException {
    Path own = run.resolve("model.onnx");
    var before = contents(run);
    Path link = Files.createSymbolicLink(folder.resolve("link.onnx"), own);
    Path linkedFolder = Files.createSymbolicLink(folder.resolve("linked"), run);
    Path deep = Files.createDirectories(run.resolve("a")).resolve("copy.onnx");
    Files.copy(own, deep);
    for (Path out : List.of(run, run.resolve("../run"), linkedFolder, folder)) {
      for (Path model : List.of(own, link, linkedFolder.resolve("model.onnx"), deep)) {
        refused(
            graft("train", "--model", model, "--data", DATA, "--out", out),
            "--out " + out + " holds --model " + model,
            "name another folder");
      }
    }
    Files.delete(deep);
    Files.delete(deep.getParent());
    assertThat(contents(run)).isEqualTo(before);
  }

  /** The run would write through the link. */
  @Test
  void modelThatTheFolderLinksTo_isRefusedToo() throws IOException {
    Path elsewhere = Files.copy(MODEL, folder.resolve("elsewhere.onnx"));
    Path out = Files.createDirectory(folder.resolve("out"));
    Files.createSymbolicLink(out.resolve("model.onnx"), elsewhere);
    refused(graft("train", "--model", elsewhere, "--data", DATA, "--out", out), "holds --model");
  }

  @Test
  void anotherNameOfTheFoldersModel_isRefusedToo() throws IOException {
    Path name = Files.createLink(folder.resolve("name.onnx"), run.resolve("model.onnx"));
    refused(graft("train", "--model", name, "--data", DATA, "--out", run), "holds --model");
  }

  @Test
  void teachersAndStudents_areGuardedAsModelsAre() throws IOException {
    Path own = run.resolve("model.onnx");
    Path other = Files.copy(own, folder.resolve("other.onnx"));
    refused(
        graft("distill", "--teacher", own, "--student", other, "--data", DATA, "--out", run),
        "holds --teacher");
    refused(
        graft("distill", "--teacher", other, "--student", own, "--data", DATA, "--out", run),
        "holds --student");
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    refused(
        graft(
            "distill",
            "--teacher",
            other,
            "--student",
            own,
            "--data",
            DATA,
            "--unlabelled",
            pictures,
            "--out",
            pictures.resolve("run")),
        "inside --unlabelled");
  }

  @Test
  void runInsideItsData_isRefusedAtOnce_howeverItIsNamed() throws IOException {
    Path data = folder.resolve("data");
    for (String label : List.of("moon", "star")) {
      Files.createDirectories(data.resolve(label));
      for (String picture : List.of("00.png", "01.png", "02.png", "03.png", "04.png")) {
        Files.copy(
            DATA.resolve("train").resolve(label).resolve(picture),
            data.resolve(label).resolve(picture));
      }
    }
    Path link = Files.createSymbolicLink(folder.resolve("pictures"), data);
    for (Path out :
        List.of(
            data,
            data.resolve("run"),
            data.resolve("moon/deep/run"),
            link.resolve("run"),
            folder.resolve("nothing/../data/run"),
            data.resolve("moon/../run"))) {
      for (Path named : List.of(data, link)) {
        refused(
            graft("train", "--model", MODEL, "--data", named, "--out", out),
            "--out " + out + " lies inside --data " + named);
      }
    }
    assertThat(contents(data)).hasSize(10);
    ok(
        graft(
            "train",
            "--model",
            MODEL,
            "--data",
            data,
            "--out",
            folder.resolve("data2"),
            "--epochs",
            1,
            "--recipe",
            "head"));
  }

  @Test
  void exchange_writesThroughALink_andKeepsTheMode() throws IOException {
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"), "modes of POSIX");
    Path served = folder.resolve("served.onnx");
    Files.move(run.resolve("model.onnx"), served);
    Files.createSymbolicLink(run.resolve("model.onnx"), served);
    var mode = PosixFilePermissions.fromString("rw-------");
    Files.setPosixFilePermissions(served, mode);
    ok(train(run, "--epochs", 2, "--seed", 5));
    Model now = ModelReader.read(served);
    Path alone = folder.resolve("alone");
    ok(train(alone, "--epochs", 2, "--seed", 5));
    Path written = folder.resolve("written.onnx");
    ModelWriter.write(now, written);
    assertThat(written).hasSameBinaryContentAs(alone.resolve("model.onnx"));
    assertThat(run.resolve("model.onnx")).isSymbolicLink();
    assertThat(Files.getPosixFilePermissions(served)).isEqualTo(mode);
  }
}

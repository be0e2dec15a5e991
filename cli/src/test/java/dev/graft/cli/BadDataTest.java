package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** Pictures, folders and labels that are not what they should be. */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class BadDataTest extends BadInputFixture {

  private Path picture(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage picture = new BufferedImage(32, 32, BufferedImage.TYPE_BYTE_GRAY);
    picture.getRaster().setSample(name.hashCode() & 31, 3, 0, 200);
    ImageIO.write(picture, "png", file.toFile());
    return file;
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
    refused(train(MODEL, folder.resolve("junk")), "4 of 6 pictures", ".jpg");
  }

  /** A test is read when the training is over. */
  @Test
  void aTestThatCannotBeRead_losesNoModel() throws IOException {
    for (int i = 0; i < 20; i++) {
      picture("tested/" + (i < 14 ? "train/" : "val/") + i % 2 + "/" + i + ".png");
      Path test = folder.resolve("tested/test/" + i % 2 + "/" + i + ".png");
      Files.createDirectories(test.getParent());
      Files.writeString(test, "no picture");
    }
    CommandRun command = train(MODEL, folder.resolve("tested"), "--recipe", "head");
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.err()).contains("warning: the test was not measured", "of 20 pictures");
    assertThat(run.resolve("model.onnx")).exists();
    assertThat(Files.readString(run.resolve("report.json"))).contains("testError");
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
  void whatTheDataHolds_isToldBeforeTraining() throws IOException {
    for (int i = 0; i < 20; i++) {
      picture("data/" + (i % 2 == 0 ? "ants" : "bees") + "/" + i + ".png");
    }
    file("data/ants/1.heic", (byte) 1);
    CommandRun command = train(MODEL, folder.resolve("data"), "--recipe", "head");
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out().lines())
        .startsWith(
            "data: 16 pictures to learn from, 4 to validate on, 2 classes: ants 8+2, bees 8+2")
        .element(1)
        .asString()
        .startsWith("note: ignored 1 file not named as a picture that can be read: 1 .heic");
    assertThat(Files.readString(run.resolve("report.json"))).contains("dataNotes", "1 .heic");
  }

  /** The bytes of such names are no characters where the locale's charset is ASCII. */
  @Test
  void namesThatTheLocaleCannotExpress_trainInUtf8_andAreNamedElsewhere() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
    for (int i = 0; i < 20; i++) {
      picture("data/" + i % 2 + "/" + i + ".png");
    }
    String renamed = "mv '" + folder + "/data/1' '" + folder + "/data/'$'caf\\303\\251'";
    assertThat(new ProcessBuilder("/bin/bash", "-c", renamed).start().waitFor()).isZero();
    Object[] words = {
      "train", "--model", MODEL, "--data", folder.resolve("data"), "--out", run, "--epochs", 2
    };
    GraftProcess process = new GraftProcess(folder);
    refused(
        process.finish(process.start(List.of("env", "LC_ALL=C"), List.of(), words)),
        "the name of this class cannot be read",
        "LC_ALL=C.UTF-8");
    CommandRun command =
        process.finish(process.start(List.of("env", "LC_ALL=C.UTF-8"), List.of(), words));
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(Files.readAllLines(run.resolve("labels.txt"))).containsExactly("0", "caf\u00E9");
  }

  @Test
  void predictingWhatIsNoPicture_isNamed() throws IOException {
    refused(graft("predict", "--model", MODEL, file("p.jpg", (byte) 7)), "p.jpg");
    refused(graft("predict", "--model", MODEL, folder.resolve("none.jpg")), "does not exist");
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
}

package dev.graft.core.data.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders that are parts of a split, classes, or half of each. */
class SplitFoldersTest {

  @TempDir private Path root;

  private void add(String... names) throws IOException {
    for (String name : names) {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
    }
  }

  /** Five pictures in each folder. */
  private void fill(String... folders) throws IOException {
    for (String folder : folders) {
      for (int i = 0; i < 5; i++) {
        add(folder + "/" + i + ".png");
      }
    }
  }

  private Split<Pictures> open() {
    return DataFolders.open(root, 0.2, 1);
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll(parts)
        .message()
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "train, val",
    "Train, Test",
    "TRAIN, VAL",
    "training, validation",
    "Training, Testing",
    "trn, tst",
    "train, dev",
    "train, eval",
    "training_set, test_set",
    "TrainSet, ValidationSet",
    "train-data, valid-data",
    "train_images, test_images",
    "train2017, val2017",
    "Training Data, Test Data",
    "trainval, test",
    "train, holdout",
  })
  void split_isRecognisedInEveryUsualSpelling(String training, String validation)
      throws IOException {
    fill(training + "/a", training + "/b", validation + "/a", validation + "/b");
    Split<Pictures> split = open();
    assertThat(split.training().classes()).containsExactly("a", "b");
    assertThat(split.training().name(0)).startsWith(training + "/a/");
    Pictures test = split.test();
    // A test is not for choosing by: then a share of the training validates.
    assertThat(split.validation().name(0))
        .startsWith((test == null ? validation : training) + "/a/");
    assertThat(split.notes()).isEmpty();
    DataFolders.Measured measured = DataFolders.toMeasure(root);
    assertThat(measured.pictures().name(0)).startsWith(validation + "/a/");
    assertThat(measured.part()).isEqualTo(test == null ? "validation" : "test");
  }

  @Test
  void trainingFolderAlone_isSplit_inAnySpelling() throws IOException {
    fill("Training/a", "Training/b");
    assertThat(open().training().classes()).containsExactly("a", "b");
    assertThat(open().validation().size()).isEqualTo(2);
  }

  @Test
  void testFolder_isForTheEnd_besideValidationToo() throws IOException {
    fill("train/a", "train/b", "valid/a", "valid/b", "Test/a", "Test/b");
    assertThat(open().validation().name(0)).startsWith("valid/");
    assertThat(open().test().name(0)).startsWith("Test/");
    assertThat(open().notes()).isEmpty();
  }

  @Test
  void withoutAValidationFolder_theTestIsNotChosenBy() throws IOException {
    fill("train/a", "train/b", "test/a", "test/b");
    Split<Pictures> split = open();
    assertThat(split.training().size()).isEqualTo(8);
    assertThat(split.validation().size()).isEqualTo(2);
    assertThat(split.test().size()).isEqualTo(10);
  }

  @Test
  void classFolders_areMeasuredWhole() throws IOException {
    fill("a", "b");
    DataFolders.Measured measured = DataFolders.toMeasure(root);
    assertThat(measured.part()).isEqualTo("all");
    assertThat(measured.pictures().size()).isEqualTo(10);
  }

  @Test
  void testPicturesWithoutClasses_areNotUsed_andSaid() throws IOException {
    fill("train/a", "train/b", "test");
    assertThat(open().validation().name(0)).startsWith("train/");
    assertThat(open().notes())
        .containsExactly("test/ is not used: its 5 pictures are not in class folders");
  }

  @Test
  void foldersBesideASplit_areToldWhereTheyHoldPictures() throws IOException {
    fill("train/a", "train/b", "val/a", "val/b", "extra");
    add("docs/readme.txt");
    assertThat(open().notes())
        .containsExactly("ignored beside the parts of the split: extra/ with 5 pictures");
  }

  @Test
  void halfASplit_isRefused() throws IOException {
    fill("train/a", "train/b", "cats", "dogs");
    assertRefused("found train/, cats/, dogs/", "looks like a part of a split");
  }

  @Test
  void testPicturesBesideClasses_areRefused() throws IOException {
    fill("cats", "dogs", "Test");
    assertRefused("Test/ looks like a part of a split", "rename Test/ if it is a class");
  }

  @Test
  void validationWithoutTraining_isRefused() throws IOException {
    fill("val/a", "val/b", "learn/a", "learn/b");
    assertRefused("val/ looks like a part of a split");
  }

  @Test
  void partsWithNamesInFront_areRefused() throws IOException {
    fill("seg_train/seg_train/a", "seg_train/seg_train/b", "seg_test/seg_test/a", "seg_pred");
    assertRefused("looks like a part of a split", "seg_train/", "seg_test/");
  }

  @Test
  void namesThatOnlyMentionAPart_mayBeClasses() throws IOException {
    fill("train_station", "bullet train", "test tube", "airport/outside");
    assertThat(open().training().classes())
        .containsExactly("airport", "bullet train", "test tube", "train_station");
  }

  @ParameterizedTest
  @CsvSource({"train, bus", "training, racing", "valid, invalid", "dev, ops", "Train, Bus"})
  void wordsForOtherThings_mayBeClasses(String one, String other) throws IOException {
    fill(one, other);
    assertThat(open().training().classes()).containsExactlyInAnyOrder(one, other);
  }

  @Test
  void twoFoldersForOnePart_areRefused() throws IOException {
    fill("train/a", "train/b", "val/a", "validation/a");
    assertRefused("val/, validation/ are named for the same part");
  }

  @Test
  void splitWithinClasses_isRefused() throws IOException {
    fill("a/train", "a/test", "b/train", "b/test");
    assertRefused("a: found the folders test/, train/ of a split in a class");
  }

  @Test
  void wrappedDataSet_isNamed() throws IOException {
    fill("photos/a", "photos/b");
    assertRefused("only one class, photos", "give " + root.resolve("photos"));
  }

  @Test
  void classesOfValidation_areFoundUnderNamesThatDifferInCase() throws IOException {
    fill("train/Cats", "train/Dogs", "val/cats", "val/DOGS");
    Split<Pictures> split = open();
    assertThat(split.validation().classes()).containsExactly("Cats", "Dogs");
    assertThat(split.validation().countsOfClasses()).containsExactly(5, 5);
    assertThat(split.notes())
        .isEqualTo(
            List.of(
                "val/DOGS is taken for the class Dogs", "val/cats is taken for the class Cats"));
  }

  @Test
  void classesThatNothingIsMeasuredOf_areTold() throws IOException {
    fill("train/a", "train/b", "train/c", "val/a");
    Files.createDirectories(root.resolve("val/b"));
    assertThat(open().notes())
        .containsExactly("no picture to validate on for 2 of 3 classes: b, c");
  }

  @Test
  void validationWithoutPictures_isRefused() throws IOException {
    fill("train/a", "train/b");
    Files.createDirectories(root.resolve("val/b"));
    assertRefused("val: found no pictures in its class folders");
  }
}

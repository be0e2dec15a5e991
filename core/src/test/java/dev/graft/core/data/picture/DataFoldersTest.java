package dev.graft.core.data.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import dev.graft.core.data.UnreadableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFoldersTest {

  @TempDir private Path root;

  private void add(String... names) throws IOException {
    for (String name : names) {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, Golden.file("colour.png"));
    }
  }

  private void addMany(String folder, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      add(folder + "/" + (100 + i) + ".png");
    }
  }

  private Split<Pictures> open() {
    return DataFolders.open(root, 0.2, 1);
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(root.toString())
        .hasMessageContainingAll(parts)
        .message()
        .hasLineCount(1);
  }

  private static List<String> names(Pictures pictures) {
    return IntStream.range(0, pictures.size()).mapToObj(pictures::name).toList();
  }

  private static List<Integer> labels(Pictures pictures) {
    return IntStream.range(0, pictures.size()).mapToObj(pictures::label).toList();
  }

  @Test
  void folder_isReadAsTorchvisionDoes_ignoringWhatIsNoPicture() throws Exception {
    add("b/2.JPG", "b/1.png", "a/sub/deep/3.gif", "a/4.jpeg");
    add("a/.hidden.jpg", "a/.cache/5.jpg", ".git/6.jpg", "__MACOSX/7.jpg", "a/notes.txt");
    add("a/Thumbs.db", "a/.DS_Store", "list.csv");
    Files.createDirectory(root.resolve("a/folder.jpg"));
    Files.createSymbolicLink(root.resolve("b/link.png"), root.resolve("a/4.jpeg"));
    Files.createSymbolicLink(root.resolve("b/lost.png"), root.resolve("nowhere.png"));

    Pictures pictures = ImageFolder.of(root);

    assertThat(pictures.classes()).containsExactly("a", "b");
    assertThat(names(pictures))
        .containsExactly(
            "a/4.jpeg", "a/sub/deep/3.gif", "b/1.png", "b/2.JPG", "b/link.png", "b/lost.png");
    assertThat(labels(pictures)).containsExactly(0, 0, 1, 1, 1, 1);
    assertThat(pictures.read(4).getWidth()).isEqualTo(22);
    assertThatThrownBy(() -> pictures.read(5)).isInstanceOf(UnreadableException.class);
  }

  @Test
  void split_holdsOutTheSameShareOfEachClass_andKeepsOneOfEach() throws IOException {
    addMany("a", 20);
    addMany("b", 10);
    addMany("c", 1);

    Split<Pictures> split = open();

    assertThat(labels(split.validation()).stream().filter(l -> l == 0)).hasSize(4);
    assertThat(labels(split.validation()).stream().filter(l -> l == 1)).hasSize(2);
    assertThat(labels(split.training()).stream().filter(l -> l == 2)).hasSize(1);
    assertThat(names(split.training())).doesNotContainAnyElementsOf(names(split.validation()));
    assertThat(split.training().size() + split.validation().size()).isEqualTo(31);
    assertThat(names(open().validation())).isEqualTo(names(split.validation()));
    assertThat(names(DataFolders.open(root, 0.2, 2).validation()))
        .isNotEqualTo(names(split.validation()));
    assertThat(labels(DataFolders.open(root, 0.999, 1).training())).containsExactly(0, 1, 2);
  }

  @Test
  void trainingAndValidationFolders_areKept_withTrainingsNumbers() throws IOException {
    add("train/a/1.png", "train/b/1.png", "train/c/1.png", "valid/c/2.png");

    Split<Pictures> split = open();

    assertThat(names(split.training())).contains("train/a/1.png");
    assertThat(names(split.validation())).containsExactly("valid/c/2.png");
    assertThat(split.validation().classes()).containsExactly("a", "b", "c");
    assertThat(labels(split.validation())).containsExactly(2);
  }

  @Test
  void trainingFolderAlone_isSplit() throws IOException {
    addMany("train/a", 10);
    addMany("train/b", 10);
    assertThat(open().validation().size()).isEqualTo(4);
  }

  @Test
  void train_mayBeAClass() throws IOException {
    addMany("train", 10);
    addMany("bus", 10);
    assertThat(open().training().classes()).containsExactly("bus", "train");
  }

  @Test
  void nothingThere_isAnError() {
    Path missing = root.resolve("missing");
    assertThatThrownBy(() -> DataFolders.open(missing, 0.2, 1))
        .isInstanceOf(DataException.class)
        .hasMessage(missing + ": does not exist; give a folder of class folders");
    assertThatThrownBy(() -> ImageFolder.of(missing)).hasMessageContaining("does not exist");
  }

  @Test
  void file_isAnError() throws IOException {
    add("x.png");
    assertThatThrownBy(() -> DataFolders.open(root.resolve("x.png"), 0.2, 1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("is a file, not a folder");
  }

  @Test
  void noClassFolders_saysWhatIsThereAndWhatIsExpected() throws IOException {
    assertRefused("an empty folder", "one sub-folder of pictures for each class", "IDX");
    add("notes.txt");
    assertRefused("no class folders but 1 files such as notes.txt");
    add("1.png", "2.png");
    assertRefused("2 pictures but no class folders", "train/ with val/, valid/ or test/");
    add("train/1.png", "val/1.png");
    assertRefused("train", "1 pictures but no class folders");
  }

  @Test
  void oneClass_isAnError() throws IOException {
    add("a/1.png");
    assertRefused("only one class, a", "at least two");
  }

  @Test
  void emptyClass_isNamed() throws IOException {
    add("a/1.png", "b/1.png", "c/notes.txt");
    assertRefused(root.resolve("c") + ": the class has no pictures");
  }

  @Test
  void classThatTrainLacks_isNamedWithBothLists() throws IOException {
    add("train/a/1.png", "train/b/1.png", "val/b/1.png", "val/z/1.png");
    assertRefused("found z, which train/ lacks; classes here are b, z, in train/ a, b");
  }

  @Test
  void validationWithoutClasses_isAnError() throws IOException {
    add("train/a/1.png", "train/b/1.png", "val/1.png");
    assertRefused("val", "no class folders; expected those of train/: a, b");
  }

  @Test
  void shareOutOfRange_orTooSmall_isAnError() throws IOException {
    add("a/1.png", "b/1.png");
    assertThatThrownBy(() -> DataFolders.open(root, 0, 1)).hasMessageContaining("found 0.0");
    assertThatThrownBy(() -> DataFolders.open(root, 1, 1)).hasMessageContaining("found 1.0");
    assertThatThrownBy(() -> DataFolders.open(root, Double.NaN, 1)).hasMessageContaining("NaN");
    assertThatThrownBy(this::open)
        .hasMessageContaining("none of the pictures is left to validate on");
  }

  @Test
  void labelsKept_areAsManyAsAskedFor_inProportion() throws IOException {
    addMany("a", 90);
    addMany("b", 9);
    addMany("c", 1);
    Pictures all = ImageFolder.of(root);
    for (int count : new int[] {3, 4, 10, 50, 99, 100}) {
      List<Integer> kept = labels(DataFolders.keepLabels(all, count, 7));
      int[] ofClass = new int[3];
      kept.stream().filter(l -> l >= 0).forEach(l -> ofClass[l]++);
      assertThat(Arrays.stream(ofClass).sum()).isEqualTo(count);
      assertThat(ofClass).doesNotContain(0);
      assertThat(ofClass[1]).isBetween(count / 12, count / 8 + 1);
    }
    assertThatThrownBy(() -> DataFolders.keepLabels(all, 2, 7)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> DataFolders.keepLabels(all, 101, 7)).isInstanceOf(DataException.class);
  }

  @Test
  void picturesAreFedWithTheNumberOfTheirClass_unlabelledOnesWithMinusOne() throws Exception {
    add("a/1.png", "b/1.png");
    Pictures pictures = ImageFolder.of(root).withoutLabels(new int[] {0});
    var preprocessing = dev.graft.core.graph.Preprocessing.named("unit", 3, 8, 8);
    PictureDataset data =
        new PictureDataset(pictures, preprocessing, Augment.NONE, "input", "target");
    assertThat(data.read(0, 0).get(1)).containsExactly(-1);
    assertThat(data.read(1, 0).get(1)).containsExactly(1);
    assertThat(data.read(1, 0).get(0)).hasSize(3 * 64);
    assertThat(pictures.subset(new int[] {1, 0}).label(1)).isEqualTo(Pictures.UNLABELLED);
  }
}

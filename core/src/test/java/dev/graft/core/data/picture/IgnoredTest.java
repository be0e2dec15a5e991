package dev.graft.core.data.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies between the pictures of a data set: told with numbers, or refused. */
class IgnoredTest {

  @TempDir private Path root;

  private void add(String folder, String... names) throws IOException {
    Files.createDirectories(root.resolve(folder));
    for (String name : names) {
      Files.createFile(root.resolve(folder).resolve(name));
    }
  }

  /** Two classes of five pictures. */
  private void addClasses() throws IOException {
    for (String name : List.of("a", "b")) {
      add(name, "1.png", "2.png", "3.jpg", "4.JPG", "5.gif");
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

  @Test
  void cleanFolder_hasNothingToTell() throws IOException {
    addClasses();
    add("a", ".DS_Store", "Thumbs.db", "desktop.ini", ".gitkeep");
    add("a/@eaDir", "notes.txt");
    assertThat(open().notes()).isEmpty();
  }

  @Test
  void filesOfOtherKinds_areCounted_withARemedyForPictures() throws IOException {
    addClasses();
    add("b", "1.HEIC", "2.heic", "3.Heic", "list.txt");
    add("a", "noend");
    assertThat(open().notes())
        .singleElement()
        .asString()
        .startsWith("ignored 5 files not named as a picture that can be read: 3 .heic,")
        .contains("1 .txt", "1 without suffix", "convert HEIC");
  }

  @Test
  void classOfOtherKindsAlone_isRefusedWithTheirNumber() throws IOException {
    addClasses();
    add("c", "1.heic", "2.heic");
    assertRefused("c: the class has no pictures that can be read, but 2 .heic", "heif-convert");
  }

  @Test
  void thumbnailsAndHiddenPictures_areCounted() throws IOException {
    addClasses();
    add("a/@eaDir/1.png", "SYNOPHOTO_THUMB_M.jpg", "SYNOPHOTO_THUMB_S.jpg");
    add("__MACOSX/a", "._1.png");
    add("b/.ipynb_checkpoints", "1.png");
    add("b", "._2.png");
    add("@eaDir", "c.jpg");
    Split<Pictures> split = open();
    assertThat(split.training().classes()).containsExactly("a", "b");
    assertThat(split.training().size() + split.validation().size()).isEqualTo(10);
    assertThat(split.notes())
        .containsExactly(
            "ignored 4 pictures that tools leave behind or hide: ._2.png, .ipynb_checkpoints,"
                + " @eaDir");
  }

  @Test
  void linksInCircles_areLeftOut_andCounted() throws IOException {
    addClasses();
    Files.createSymbolicLink(root.resolve("a/again"), root);
    Files.createSymbolicLink(root.resolve("b/self"), root.resolve("b"));
    Split<Pictures> split = open();
    assertThat(split.training().size() + split.validation().size()).isEqualTo(10);
    assertThat(split.notes())
        .containsExactly("ignored 2 links to folders around them, such as a/again");
  }

  @Test
  void oneFolderUnderTwoNames_isRefused() throws IOException {
    addClasses();
    Files.createSymbolicLink(root.resolve("c"), root.resolve("b"));
    assertRefused(root.resolve("b") + " and " + root.resolve("c") + " are one folder");
  }

  @Test
  void validatingOnTheTrainingFolder_isRefused() throws IOException {
    add("train/a", "1.png");
    add("train/b", "1.png");
    Files.createSymbolicLink(root.resolve("val"), root.resolve("train"));
    assertRefused("are one folder, through a link");
  }

  @Test
  void picturesBesideTheClassFolders_areCounted() throws IOException {
    addClasses();
    add("", "cover.jpg", "logo.png");
    assertThat(open().notes())
        .containsExactly("2 pictures beside the class folders belong to no class");
  }

  @Test
  void picturesInNestedFolders_areCounted() throws IOException {
    addClasses();
    add("plants/roses", "1.png", "2.png");
    add("plants/tulips", "1.png");
    assertThat(open().notes())
        .containsExactly(
            "3 pictures in folders below those of the classes count for these: plants/roses is"
                + " plants");
  }

  @Test
  void classesThatDifferOnlyInCase_areRefused() throws IOException {
    addClasses();
    add("Cats", "1.png");
    add("cats", "1.png");
    assumeTrue(ClassFolder.below(root).size() == 4, "the file system tells case apart");
    assertRefused("the classes Cats and cats differ only in case");
  }

  @Test
  void classesThatDifferOnlyInHowUnicodeSpellsThem_areRefused() throws IOException {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "names in UTF-8");
    addClasses();
    add("caf\u00E9", "1.png");
    add("cafe\u0301", "1.png");
    assumeTrue(ClassFolder.below(root).size() == 4, "the file system tells spellings apart");
    assertRefused("caf\u00E9", "Unicode");
  }

  @Test
  void labels_areInTheComposedForm() throws IOException {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "names in UTF-8");
    addClasses();
    add("cafe\u0301", "1.png");
    assertThat(open().training().classes()).contains("caf\u00E9");
  }

  @Test
  void nameWithALineBreak_isRefused() throws IOException {
    addClasses();
    add("two\nlines", "1.png");
    assertRefused("control character or line break");
  }
}

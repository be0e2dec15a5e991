package dev.graft.tests.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.core.data.Batch;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.data.Batches;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.PictureDataset;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Preprocessing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The data sets of the material, where it is there. Prints how long they take. */
class RealDataTest {

  @Test
  void hymenoptera_opensWhole() {
    Split<Pictures> split = DataFolders.open(data("hymenoptera_data"), 0.2, 1);

    assertThat(split.training().classes()).containsExactly("ants", "bees");
    assertThat(split.training().size()).isEqualTo(245);
    assertThat(split.validation().size()).isEqualTo(153);
    assertThat(IntStream.range(0, 245).mapToObj(split.training()::name))
        .contains("train/ants/imageNotFound.gif", "train/ants/ant photos.jpg");
    int read = 0;
    for (Pictures part : new Pictures[] {split.training(), split.validation()}) {
      read += readAll("hymenoptera", part, Preprocessing.named("imagenet", 3, 224, 224));
    }
    assertThat(read).isEqualTo(398);
  }

  @Test
  void mnist_opensFromIdxFiles() {
    long start = System.nanoTime();
    Split<Pictures> split = DataFolders.open(data("mnist_idx"), 0.2, 1);
    System.out.printf(Locale.ROOT, "mnist opened in %.3f s%n", seconds(start));

    assertThat(split.training().size() + split.validation().size()).isEqualTo(60_000);
    assertThat(split.test().size()).isEqualTo(10_000);
    assertThat(split.training().classes()).hasSize(10);
    assertThat(IntStream.range(0, 5).map(split.test()::label)).containsExactly(7, 2, 1, 0, 4);
    Preprocessing unit = Preprocessing.named("unit", 1, 28, 28);
    assertThat(readAll("mnist", split.training(), unit)).isEqualTo(split.training().size());
  }

  @Test
  void smallPictures_openFromFolders() {
    Split<Pictures> mnist = DataFolders.open(data("mnist_small"), 0.2, 1);
    assertThat(mnist.training().classes()).hasSize(10);
    assertThat(mnist.validation().name(0)).startsWith("train/0/");
    assertThat(mnist.test().name(0)).startsWith("test/0/");
    Split<Pictures> cifar = DataFolders.open(data("cifar10_jpg_small"), 0.2, 1);
    assertThat(cifar.training().size() + cifar.validation().size() + cifar.test().size())
        .isEqualTo(2000);
    Preprocessing rgb = Preprocessing.named("imagenet", 3, 32, 32);
    assertThat(readAll("mnist_small", mnist.test(), rgb)).isEqualTo(1000);
    assertThat(readAll("cifar", cifar.training(), rgb)).isEqualTo(cifar.training().size());
  }

  private static int readAll(String name, Pictures pictures, Preprocessing preprocessing) {
    PictureDataset data =
        new PictureDataset(pictures, preprocessing, Augment.NONE, "input", "target");
    long start = System.nanoTime();
    int items = 0;
    try (Batches batches = new Batches(data, 32, 2);
        BatchIterator pass = batches.inOrder()) {
      while (pass.hasNext()) {
        Batch batch = pass.next();
        items += batch.size();
      }
      assertThat(batches.unreadable()).isEmpty();
    }
    System.out.printf(Locale.ROOT, "%s: %d pictures in %.2f s%n", name, items, seconds(start));
    return items;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static Path data(String name) {
    Path folder =
        Path.of(System.getProperty("graft.material", "../shared/material")).resolve("data/" + name);
    assumeTrue(Files.isDirectory(folder), "needs " + folder);
    return folder;
  }
}

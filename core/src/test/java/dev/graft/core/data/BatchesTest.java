package dev.graft.core.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Rng;
import dev.graft.core.tensor.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchesTest {

  /** Item i is {@code (i, variant)} and {@code (-i)}; some cannot be read. */
  private static final class Numbers implements Dataset {
    private final int size;
    private final Set<Integer> unreadable;
    final AtomicInteger reads = new AtomicInteger();
    final Set<String> tried = ConcurrentHashMap.newKeySet();

    Numbers(int size, Integer... unreadable) {
      this.size = size;
      this.unreadable = Set.of(unreadable);
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public List<Field> fields() {
      return List.of(new Field("x", Shape.of(1, 2)), new Field("y", Shape.of(1)));
    }

    @Override
    public List<float[]> read(int index, long variant) {
      reads.incrementAndGet();
      if (index % 7 == 0) {
        Thread.yield();
      }
      if (unreadable.contains(index)) {
        tried.add(index + "/" + variant);
        throw new UnreadableException("is broken");
      }
      return List.of(new float[] {index, variant}, new float[] {-index});
    }

    @Override
    public String name(int index) {
      return "n" + index;
    }
  }

  private static List<String> contents(BatchIterator pass) {
    List<String> contents = new ArrayList<>();
    while (pass.hasNext()) {
      Batch batch = pass.next();
      contents.add(
          Arrays.toString(batch.indices())
              + batch.get("x").shape()
              + Arrays.toString(batch.get("x").toArray())
              + batch.get("y").shape()
              + Arrays.toString(batch.get("y").toArray()));
    }
    return contents;
  }

  @Test
  void itemsComeInOrder_theLastBatchIsSmaller() {
    try (Batches batches = new Batches(new Numbers(8), 3, 2)) {
      assertThat(contents(batches.inOrder()))
          .containsExactly(
              "[0, 1, 2][3,1,2][0.0, 0.0, 1.0, 0.0, 2.0, 0.0][3,1][0.0, -1.0, -2.0]",
              "[3, 4, 5][3,1,2][3.0, 0.0, 4.0, 0.0, 5.0, 0.0][3,1][-3.0, -4.0, -5.0]",
              "[6, 7][2,1,2][6.0, 0.0, 7.0, 0.0][2,1][-6.0, -7.0]");
      assertThat(batches.batchesPerEpoch()).isEqualTo(3);
    }
  }

  @Test
  void aSingleItemThatIsLeft_joinsTheLastBatch() {
    for (int[] sizes : new int[][] {{7, 3, 2}, {33, 32, 1}, {1, 32, 1}, {5, 1, 5}, {64, 32, 2}}) {
      try (Batches batches = new Batches(new Numbers(sizes[0]), sizes[1], 2)) {
        List<Integer> found = new ArrayList<>();
        try (BatchIterator pass = batches.inOrder()) {
          while (pass.hasNext()) {
            found.add(pass.next().size());
          }
        }
        assertThat(found).as("%d by %d", sizes[0], sizes[1]).hasSize(sizes[2]);
        assertThat(found.stream().mapToInt(Integer::intValue).sum()).isEqualTo(sizes[0]);
        assertThat(batches.batchesPerEpoch()).isEqualTo(sizes[2]);
      }
    }
  }

  @Test
  void anyNumberOfThreads_givesTheSame() {
    List<List<String>> runs = new ArrayList<>();
    for (int threads : new int[] {1, 2, 3, 8}) {
      try (Batches batches = new Batches(new Numbers(200, 3, 77, 78, 79, 80, 150), 4, threads)) {
        List<String> both = new ArrayList<>();
        for (int epoch = 0; epoch < 2; epoch++) {
          long key = Rng.key(5, epoch);
          int[] order = Rng.permutation(key, 200);
          both.addAll(contents(batches.iterate(order, i -> 100 + i)));
        }
        runs.add(both);
        assertThat(batches.unreadable().toString())
            .isEqualTo(
                "{n150=is broken, n3=is broken, n77=is broken, n78=is broken, n79=is broken,"
                    + " n80=is broken}");
      }
    }
    assertThat(new TreeSet<>(runs.stream().map(Object::toString).toList())).hasSize(1);
  }

  @Test
  void unreadableItems_areLeftOut_andABatchOfThemIsSkipped() {
    try (Batches batches = new Batches(new Numbers(40, 2, 4, 5), 2, 2)) {
      List<String> contents = contents(batches.inOrder());
      assertThat(contents).hasSize(19);
      assertThat(contents.get(1)).isEqualTo("[3][1,1,2][3.0, 0.0][1,1][-3.0]");
      assertThat(contents.get(2)).startsWith("[6, 7]");
    }
  }

  @Test
  void unreadableItem_isNotTriedAgain() {
    Numbers numbers = new Numbers(40, 2);
    try (Batches batches = new Batches(numbers, 2, 2)) {
      int[] order = {1, 2, 3, 4};
      contents(batches.iterate(order, i -> 1));
      contents(batches.iterate(order, i -> 2));
    }
    assertThat(numbers.tried).containsExactly("2/1");
  }

  @Test
  void moreThanATenthUnreadable_isAnError_exactlyATenthIsNot() {
    try (Batches batches = new Batches(new Numbers(20, 3, 17), 4, 3)) {
      assertThat(contents(batches.inOrder())).hasSize(5);
    }
    for (int threads = 1; threads < 4; threads++) {
      try (Batches batches = new Batches(new Numbers(20, 3, 16, 17, 19), 4, threads)) {
        BatchIterator pass = batches.inOrder();
        for (int i = 0; i < 4; i++) {
          pass.next();
        }
        assertThatThrownBy(pass::hasNext)
            .isInstanceOf(DataException.class)
            .hasMessage(
                "4 of 20 pictures could not be read, more than a tenth; the first: n3 is broken");
        assertThat(pass.hasNext()).isFalse();
      }
    }
  }

  @Test
  void reading_isBounded() throws InterruptedException {
    Numbers numbers = new Numbers(1000);
    try (Batches batches = new Batches(numbers, 10, 4);
        BatchIterator pass = batches.inOrder()) {
      pass.next();
      Thread.sleep(200);
      // Three batches ahead of the one taken.
      assertThat(numbers.reads.get()).isBetween(10, 40);
    }
  }

  @Test
  void closingEarly_endsReadingAndThreads() throws InterruptedException {
    CountDownLatch release = new CountDownLatch(1);
    Numbers numbers = new Numbers(1000);
    Dataset slow = withRead(numbers, () -> await(release));
    Batches batches = new Batches(slow, 10, 3);
    BatchIterator pass = batches.inOrder();
    Set<Thread> readers = readers();
    assertThat(readers).isNotEmpty().allMatch(Thread::isDaemon);
    pass.close();
    release.countDown();
    batches.close();
    for (Thread reader : readers) {
      reader.join(Duration.ofSeconds(20).toMillis());
      assertThat(reader.isAlive()).isFalse();
    }
    // Each reader ends the item it is at.
    assertThat(numbers.reads.get()).isLessThanOrEqualTo(3);
    assertThat(pass.hasNext()).isFalse();
    assertThatThrownBy(pass::next).isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(batches::inOrder).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingTheBatchesWithinAPass_isNoticed() {
    Batches batches = new Batches(new Numbers(1000), 10, 3);
    BatchIterator pass = batches.inOrder();
    pass.next();
    batches.close();
    assertThatThrownBy(pass::hasNext)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void errorInAReader_reachesTheConsumer() {
    Numbers numbers = new Numbers(100);
    AtomicInteger calls = new AtomicInteger();
    Dataset broken =
        withRead(
            numbers,
            () -> {
              if (calls.incrementAndGet() == 25) {
                throw new IllegalArgumentException("a bug");
              }
            });
    try (Batches batches = new Batches(broken, 10, 2);
        BatchIterator pass = batches.inOrder()) {
      assertThatThrownBy(() -> contents(pass))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a bug");
      assertThat(pass.hasNext()).isFalse();
    }
  }

  @Test
  void interruptedConsumer_isCancelled() {
    CountDownLatch release = new CountDownLatch(1);
    try (Batches batches = new Batches(withRead(new Numbers(9), () -> await(release)), 3, 2);
        BatchIterator pass = batches.inOrder()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(pass::hasNext).isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
      release.countDown();
    }
  }

  @Test
  void itemOfWrongSize_isNamed() {
    List<Dataset.Field> fields = List.of(new Dataset.Field("x", Shape.of(3)));
    Dataset wrong =
        new TensorDataset(fields, List.of(List.of(new float[] {1, 2})), i -> "item" + i);
    try (Batches batches = new Batches(wrong, 1, 1);
        BatchIterator pass = batches.inOrder()) {
      assertThatThrownBy(pass::hasNext)
          .isInstanceOf(DataException.class)
          .hasMessage("item0: x should have 3 numbers, shape [3], found 2");
    }
  }

  @Test
  void nothingToRead_isAnEmptyPass() {
    try (Batches batches = new Batches(new Numbers(5), 3, 2);
        BatchIterator pass = batches.iterate(new int[0], i -> 0)) {
      assertThat(pass.hasNext()).isFalse();
    }
    assertThatThrownBy(() -> new Batches(new Numbers(5), 0, 2)).isInstanceOf(DataException.class);
  }

  @Test
  void joinedData_standsSideBySide() {
    List<Dataset.Field> fields = List.of(new Dataset.Field("teacher", Shape.of(2)));
    Dataset logits =
        new TensorDataset(
            fields, List.of(List.of(new float[] {5, 6}), List.of(new float[] {7, 8})), i -> "t");
    JoinedDataset joined = new JoinedDataset(new Numbers(2), logits);
    assertThat(joined.fields().stream().map(Dataset.Field::name))
        .containsExactly("x", "y", "teacher");
    assertThat(joined.read(1, 4))
        .containsExactly(new float[] {1, 4}, new float[] {-1}, new float[] {7, 8});
    assertThat(joined.name(1)).isEqualTo("n1");
    assertThatThrownBy(() -> new JoinedDataset(new Numbers(2), new Numbers(3)))
        .isInstanceOf(DataException.class);
    assertThatThrownBy(() -> new JoinedDataset(new Numbers(2), new Numbers(2)))
        .hasMessageContaining("field x");
  }

  private static Dataset withRead(Dataset dataset, Runnable before) {
    return new Dataset() {
      @Override
      public int size() {
        return dataset.size();
      }

      @Override
      public List<Field> fields() {
        return dataset.fields();
      }

      @Override
      public List<float[]> read(int index, long variant) {
        before.run();
        return dataset.read(index, variant);
      }

      @Override
      public String name(int index) {
        return dataset.name(index);
      }
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Set<Thread> readers() {
    Set<Thread> readers = ConcurrentHashMap.newKeySet();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("graft-reader-")) {
        readers.add(thread);
      }
    }
    return readers;
  }
}

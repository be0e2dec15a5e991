package dev.graft.core.transfer;

import dev.graft.core.backend.Rng;
import dev.graft.core.data.Split;
import dev.graft.core.data.UnreadableException;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A small network and small pictures for tests of transfer learning. */
public final class Toy {

  public static final int SIZE = 8;

  private Toy() {}

  /** Two normalised convolutions, a residual, dropout, and a head for four classes. */
  public static Model network() {
    GraphBuilder g = new GraphBuilder(7);
    String x = g.input("image", Shape.of(1, SIZE, SIZE));
    String stem =
        g.relu(g.batchNorm("stem.norm", g.conv("stem.conv", x, 4, Window.square(3, 1, 1))));
    String block =
        g.relu(g.batchNorm("block.norm", g.conv("block.conv", stem, 4, Window.square(3, 1, 1))));
    String joined = g.dropout(g.add(stem, block), 0.2);
    String features = g.flatten(g.globalAveragePool(joined));
    return withPreprocessing(g.build(g.softmax(g.linear("head", features, 4))));
  }

  /** The same without normalisation and dropout: every weight moves by gradient alone. */
  public static Model plain() {
    GraphBuilder g = new GraphBuilder(7);
    String x = g.flatten(g.input("image", Shape.of(1, SIZE, SIZE)));
    x = g.relu(g.linear("first", x, 12));
    x = g.relu(g.linear("second", x, 8));
    return withPreprocessing(g.build(g.linear("head", x, 2)));
  }

  private static Model withPreprocessing(Model model) {
    Preprocessing unit = Preprocessing.named("unit", 1, SIZE, SIZE);
    return model.with(model.metadata().withPreprocessing(unit));
  }

  public static Split<Pictures> data() {
    return new Split<>(new Halves(40, 1), new Halves(24, 2));
  }

  public static boolean same(Weights a, Weights b, Set<String> names) {
    return names.stream().allMatch(n -> Arrays.equals(a.get(n).toArray(), b.get(n).toArray()));
  }

  /** Noise with a bright left half or a bright upper half; counts how often each is read. */
  public static final class Halves implements Pictures {
    public final AtomicInteger reads = new AtomicInteger();
    private final int size;
    private final long seed;
    private final Set<Integer> broken;

    public Halves(int size, long seed) {
      this(size, seed, Set.of());
    }

    public Halves(int size, long seed, Set<Integer> broken) {
      this.size = size;
      this.seed = seed;
      this.broken = broken;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public List<String> classes() {
      return List.of("left", "up");
    }

    @Override
    public int label(int index) {
      return index % 2;
    }

    @Override
    public String name(int index) {
      return "picture " + seed + "/" + index;
    }

    @Override
    public BufferedImage read(int index) {
      reads.incrementAndGet();
      if (broken.contains(index)) {
        throw new UnreadableException("is broken");
      }
      return picture(index);
    }

    /** The picture, not counted. */
    public BufferedImage picture(int index) {
      BufferedImage picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
      for (int i = 0; i < SIZE * SIZE; i++) {
        int along = label(index) == 0 ? i % SIZE : i / SIZE;
        int level = (along < SIZE / 2 ? 120 : 0) + Rng.below(Rng.key(seed, index), i, 120);
        picture.getRaster().setSample(i % SIZE, i / SIZE, 0, level);
      }
      return picture;
    }
  }
}

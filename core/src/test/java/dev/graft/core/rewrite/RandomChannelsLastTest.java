package dev.graft.core.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.Model;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Exp;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Split;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** On random networks the rewritten model computes the same, and moves no more than before. */
class RandomChannelsLastTest {

  @Test
  void outputsAndGradients_stay() {
    int before = 0;
    int after = 0;
    for (long seed = 1; seed <= 150; seed++) {
      Model model = new Network(seed).model;
      Model changed = new CancelTransposes().apply(model).model();
      String what = "seed " + seed;
      assertThat(CancelTransposes.count(changed))
          .as(what)
          .isLessThanOrEqualTo(CancelTransposes.count(model));
      assertThat(changed.graph().outputs()).as(what).isEqualTo(model.graph().outputs());
      SameFunction.check(what, model, changed);
      assertThat(new CancelTransposes().apply(changed).notes()).as(what + " again").isEmpty();
      before += CancelTransposes.count(model);
      after += CancelTransposes.count(changed);
    }
    assertThat(after).as("of " + before).isLessThan(before / 3);
  }

  /** Layers, joins and turns at random. */
  private static final class Network {
    private final Random random;
    private final ChannelsLast n;
    private final List<String> maps = new ArrayList<>();
    private final Model model;

    Network(long seed) {
      random = new Random(seed);
      n = new ChannelsLast(seed);
      maps.add(n.input(6, 5, 3));
      int layers = 3 + random.nextInt(9);
      for (int i = 0; i < layers; i++) {
        maps.add(layer(any()));
      }
      String last = maps.get(maps.size() - 1);
      String logits = random.nextBoolean() ? n.classes(last, 3) : n.flatClasses(last, 3);
      model = random.nextBoolean() ? n.build(logits) : n.build(logits, any());
    }

    private String any() {
      int back = Math.min(random.nextInt(maps.size()), random.nextInt(maps.size()));
      return maps.get(maps.size() - 1 - back);
    }

    private String layer(String x) {
      Shape shape = n.g.shape(x);
      return switch (random.nextInt(16)) {
        case 0, 1 -> n.conv(x, 2 + random.nextInt(3), 1 + 2 * random.nextInt(2), 1);
        case 2 -> n.convNormRelu(x, 3, 3, 1 + random.nextInt(2));
        case 3 -> n.depthwise(x, 1);
        case 4 -> n.norm(x);
        case 5 -> shape.size(1) > 1 && shape.size(2) > 1 ? n.maxPool(x) : n.relu6(x);
        case 6 -> joined(x, true);
        case 7 -> n.concat(x, like(x, false));
        case 8 -> n.gated(x, random.nextBoolean());
        case 9 -> n.withVector(random.nextBoolean() ? new Mul() : new Sub(), x);
        case 10 -> n.g.op(new Pad(List.of(0, 1, 0, 0, 0, 0, 1, 0), 0.5), x);
        case 11 -> n.g.op(new Softmax(random.nextBoolean() ? -1 : 2), x);
        case 12 -> halves(x);
        case 13 -> n.g.op(new Sub(), x, n.g.op(new ReduceMean(List.of(3), true), x));
        case 14 -> cut(x);
        default -> n.g.op(new Transpose(List.of(0, 2, 1, 3)), x);
      };
    }

    private String joined(String x, boolean all) {
      String other = like(x, all);
      return switch (random.nextInt(3)) {
        case 0 -> n.g.op(new Add(), x, other);
        case 1 -> n.g.op(new Mul(), n.g.tanh(other), x);
        default -> n.g.op(new Div(), x, n.g.op(new Exp(), n.g.tanh(other)));
      };
    }

    /** A value of the same sizes, with or without that of the channels. */
    private String like(String x, boolean all) {
      Shape wanted = n.g.shape(x).with(-1, all ? n.channels(x) : 1);
      List<String> fitting =
          maps.stream()
              .filter(v -> n.g.shape(v).with(-1, all ? n.channels(v) : 1).equals(wanted))
              .collect(Collectors.toList());
      return fitting.get(random.nextInt(fitting.size()));
    }

    private String halves(String x) {
      int channels = n.channels(x);
      if (channels < 2) {
        return n.relu(x);
      }
      List<String> parts = n.g.nodes(n.name("split"), new Split(3, List.of(1, channels - 1)), 2, x);
      return random.nextBoolean() ? n.concat(parts.get(1), n.relu(parts.get(0))) : parts.get(1);
    }

    private String cut(String x) {
      return n.g.shape(x).size(1) < 2
          ? n.relu(x)
          : n.g.op(new Slice(List.of(1L), List.of(9L), List.of(1), List.of(1L)), x);
    }
  }
}

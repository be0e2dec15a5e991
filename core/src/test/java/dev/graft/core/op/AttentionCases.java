package dev.graft.core.op;

import dev.graft.core.op.linear.Attention;
import java.util.List;

/** Cases of attention: with masks of every kind of broadcasting, other lengths and widths. */
final class AttentionCases {

  private AttentionCases() {}

  static List<OpCase> all() {
    return List.of(
        heads(1, "one head").with(2, 3, 4).with(2, 3, 4).with(2, 3, 4),
        heads(2, "two heads").with(2, 3, 4).with(2, 5, 4).with(2, 5, 6),
        heads(2, "mask of keys").with(2, 3, 4).with(2, 4, 4).with(2, 4, 4).with(2, 1, 1, 4),
        heads(2, "mask of all").with(2, 3, 4).with(2, 2, 4).with(2, 2, 4).with(2, 2, 3, 2),
        heads(2, "mask of heads").with(2, 3, 4).with(2, 2, 4).with(2, 2, 4).with(2, 1, 1),
        heads(2, "mask of one").with(1, 2, 4).with(1, 3, 4).with(1, 3, 4).with(1),
        heads(3, "mask of pairs").with(2, 2, 3).with(2, 3, 3).with(2, 3, 3).with(2, 3),
        heads(2, "nothing").with(0, 3, 4).with(0, 5, 4).with(0, 5, 4));
  }

  private static OpCase heads(int heads, String name) {
    return OpCase.of("Attention " + name, new Attention(heads, 0.7));
  }
}

package dev.graft.core.op;

import dev.graft.core.op.normalization.GroupNormalization;
import dev.graft.core.op.normalization.InstanceNormalization;
import dev.graft.core.op.normalization.LayerNormalization;
import dev.graft.core.op.normalization.RmsNormalization;
import java.util.List;

/** Cases of normalisations within a sample. */
final class SampleNormalisationCases {

  private SampleNormalisationCases() {}

  static List<OpCase> all() {
    return List.of(
        layer("", -1).with(3, 5).with(5).with(5),
        layer(" without bias", -1).with(2, 3, 4).with(4),
        layer(" of two axes", 1).with(2, 3, 4).with(3, 4).with(3, 4),
        layer(" of all", 0).with(2, 3).with(2, 3).with(2, 3),
        layer(" of an empty batch", 1).with(0, 3).with(3).with(3),
        rms("", -1).with(3, 5).with(5),
        rms(" of two axes", 1).with(2, 3, 4).with(3, 4),
        rms(" of an empty batch", 1).with(0, 3).with(3),
        group(2).with(2, 4, 3).with(4).with(4),
        group(1).with(2, 3, 2, 2).with(3).with(3),
        OpCase.of("InstanceNormalization", new InstanceNormalization(1e-2))
            .with(2, 3, 2, 3)
            .with(3)
            .with(3));
  }

  private static OpCase layer(String name, int axis) {
    return OpCase.of("LayerNormalization" + name, new LayerNormalization(axis, 1e-2));
  }

  private static OpCase rms(String name, int axis) {
    return OpCase.of("RMSNormalization" + name, new RmsNormalization(axis, 1e-2));
  }

  private static OpCase group(int groups) {
    return OpCase.of("GroupNormalization " + groups, new GroupNormalization(groups, 1e-2));
  }
}

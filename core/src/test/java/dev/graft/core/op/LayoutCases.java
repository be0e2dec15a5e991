package dev.graft.core.op;

import dev.graft.core.op.layout.Cast;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Expand;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Gather;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.PadMode;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.SliceLike;
import dev.graft.core.op.layout.Split;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.reduction.ReduceMax;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.op.reduction.ReduceSum;
import java.util.List;

/** Cases of the operations that move elements around without arithmetic. */
final class LayoutCases {

  private LayoutCases() {}

  static List<OpCase> all() {
    return List.of(
        OpCase.of("Concat channels", new Concat(1)).with(2, 3, 2, 2).with(2, 1, 2, 2),
        OpCase.of("Concat of three", new Concat(-1)).with(2, 1).with(2, 3).with(2, 2),
        OpCase.of("Concat along the batch", new Concat(0)).with(1, 3).with(2, 3),
        OpCase.of("Concat with an empty part", new Concat(1)).with(2, 2).with(2, 0).with(2, 1),
        OpCase.of("Concat of one", new Concat(0)).with(2, 3),
        OpCase.of("Cast", new Cast()).with(Values.POSITIONS, 2, 5),
        OpCase.of("Gather rows", new Gather(0)).with(4, 3).with(Values.POSITIONS, 2, 5),
        OpCase.of("Gather along the middle", new Gather(1)).with(2, 3, 2).with(Values.POSITIONS, 4),
        OpCase.of("Gather one", new Gather(-1)).with(2, 3).with(Values.POSITIONS),
        OpCase.of("Gather nothing", new Gather(0)).with(3, 2).with(Values.POSITIONS, 0),
        OpCase.of("Split channels", new Split(1, List.of(2, 1))).with(2, 3, 2),
        OpCase.of("Split in three", new Split(-1, List.of(1, 3, 2))).with(2, 6),
        OpCase.of("Split along the batch", new Split(0, List.of(2, 1))).with(3, 2),
        OpCase.of("Split with an empty part", new Split(1, List.of(2, 0, 1))).with(2, 3),
        slice("middle", List.of(1L), List.of(3L), List.of(1), List.of(1L)).with(2, 4, 3),
        slice("steps", List.of(0L, 1L), List.of(9L, 9L), List.of(0, 2), List.of(2L, 3L))
            .with(3, 2, 6),
        slice("negative positions", List.of(-3L), List.of(-1L), List.of(-1), List.of(1L))
            .with(2, 5),
        slice("reversed", List.of(-1L), List.of(Long.MIN_VALUE), List.of(1), List.of(-1L))
            .with(2, 5),
        slice("backwards in twos", List.of(4L), List.of(0L), List.of(0), List.of(-2L)).with(6, 2),
        slice("to the end", List.of(2L), List.of(Long.MAX_VALUE), List.of(0), List.of(1L))
            .with(5, 2),
        slice("nothing", List.of(3L), List.of(1L), List.of(0), List.of(1L)).with(5, 2),
        slice("no axes", List.of(), List.of(), List.of(), List.of()).with(3, 2),
        OpCase.of("ReduceMean spatial", new ReduceMean(List.of(2, 3), true)).with(2, 3, 2, 4),
        OpCase.of("ReduceMean dropped", new ReduceMean(List.of(-1, 0), false)).with(2, 3, 4),
        OpCase.of("ReduceMean all", new ReduceMean(List.of(), false)).with(2, 3, 4),
        OpCase.of("ReduceMean all kept", new ReduceMean(List.of(), true)).with(2, 3),
        OpCase.of("ReduceMean of a scalar", new ReduceMean(List.of(), false)).with(),
        OpCase.of("ReduceSum spatial", new ReduceSum(List.of(2, 3), true)).with(2, 3, 2, 4),
        OpCase.of("ReduceSum dropped", new ReduceSum(List.of(-1, 0), false)).with(2, 3, 4),
        OpCase.of("ReduceSum all", new ReduceSum(List.of(), false)).with(2, 3),
        OpCase.of("ReduceMax spatial", new ReduceMax(List.of(2, 3), true))
            .with(Values.DISTINCT, 2, 3, 2, 4),
        OpCase.of("ReduceMax dropped", new ReduceMax(List.of(-1, 0), false))
            .with(Values.DISTINCT, 2, 3, 4),
        OpCase.of("ReduceMax all", new ReduceMax(List.of(), false)).with(Values.DISTINCT, 2, 3),
        OpCase.of("Expand", new Expand(List.of(4, 1, 3))).with(2, 1),
        OpCase.of("Expand nothing", new Expand(List.of(1))).with(2, 3),
        OpCase.of("Expand a scalar", new Expand(List.of(2, 3))).with(),
        OpCase.of("Flatten", new Flatten(1)).with(2, 3, 4),
        OpCase.of("Flatten negative axis", new Flatten(-1)).with(2, 3, 4),
        OpCase.of("Flatten to one row", new Flatten(0)).with(2, 3),
        OpCase.of("Slice like rows", new SliceLike(0, -1)).with(4, 3).with(2, 2),
        OpCase.of("Slice like columns", new SliceLike(-1, 0)).with(2, 3, 4).with(4),
        OpCase.of("Slice like nothing", new SliceLike(1, 0)).with(2, 3).with(0, 5),
        OpCase.of("Reshape", new Reshape(List.of(0, -1, 2))).with(2, 3, 4),
        OpCase.of("Transpose NCHW to NHWC", new Transpose(List.of(0, 2, 3, 1))).with(2, 3, 2, 4),
        OpCase.of("Transpose cycle", new Transpose(List.of(2, 0, 1))).with(2, 3, 4),
        OpCase.of("Transpose reversed", new Transpose(List.of())).with(2, 3, 4),
        OpCase.of("Transpose of a scalar", new Transpose(List.of())).with(),
        OpCase.of("Squeeze", new Squeeze(List.of(1, -1))).with(2, 1, 3, 1),
        OpCase.of("Squeeze all", new Squeeze(List.of())).with(1, 2, 1, 3),
        OpCase.of("Unsqueeze", new Unsqueeze(List.of(0, -1))).with(2, 3),
        OpCase.of("Pad", new Pad(List.of(0, 1, 2, 3), 0.5)).with(2, 3),
        OpCase.of("Pad negative", new Pad(List.of(-1, 2, 0, -1), -1)).with(3, 4),
        OpCase.of("Pad cuts all", new Pad(List.of(0, -4, 0, 5), 1)).with(2, 3),
        OpCase.of("Pad behind a cut", new Pad(List.of(5, 0, -4, 0), 1)).with(3, 2),
        OpCase.of("Pad reflect", new Pad(List.of(0, 2, 1, 0, 5, 1), PadMode.REFLECT, 0))
            .with(2, 3, 3),
        OpCase.of("Pad edge", new Pad(List.of(2, -1, 0, 1), PadMode.EDGE, 0)).with(2, 3),
        OpCase.of("Pad wrap", new Pad(List.of(0, 2, 0, 4), PadMode.WRAP, 0)).with(2, 3),
        OpCase.of("Pad edge of nothing", new Pad(List.of(0, 0), PadMode.EDGE, 0)).with(3),
        OpCase.of("Identity", new Identity()).with(2, 3));
  }

  private static OpCase slice(
      String name, List<Long> starts, List<Long> ends, List<Integer> axes, List<Long> steps) {
    return OpCase.of("Slice " + name, new Slice(starts, ends, axes, steps));
  }
}

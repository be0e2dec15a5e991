package dev.graft.core.plan;

import dev.graft.core.op.Op;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whole numbers that follow from whole numbers that are fed: computed on the host in each pass. */
record HostStep(Op op, List<@Nullable Slot> inputs, List<Slot> outputs) implements Step {

  @Override
  public List<Slot> reads() {
    return Step.there(inputs);
  }

  @Override
  public List<Slot> writes() {
    return outputs;
  }

  @Override
  public Action bind(Binding at) {
    List<@Nullable Tensor> read = at.tensors(inputs);
    List<Tensor> written = outputs.stream().map(at::tensor).toList();
    return key -> {
      List<Fact> results =
          op.infer(
              read.stream().<@Nullable Fact>map(t -> t == null ? null : Fact.told(t)).toList());
      for (int i = 0; i < written.size(); i++) {
        long[] numbers = results.get(i).tensor().toLongs();
        System.arraycopy(numbers, 0, written.get(i).integers().array(), 0, numbers.length);
      }
    };
  }
}

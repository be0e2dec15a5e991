package dev.graft.core.plan;

import dev.graft.core.backend.Rng;
import dev.graft.core.op.Forward;
import dev.graft.core.op.Op;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The forward rule of an operation.
 *
 * @param random the name that tells this node's random numbers from others'; null where the key is
 *     to be used as it is
 * @param inputs null for one that is absent
 */
record ForwardStep(
    Op op,
    @Nullable String random,
    List<@Nullable Slot> inputs,
    List<Slot> outputs,
    List<Slot> scratch,
    List<Slot> temporaries)
    implements Step {

  @Override
  public List<Slot> reads() {
    return Step.there(inputs);
  }

  @Override
  public List<Slot> writes() {
    List<Slot> written = new ArrayList<>(outputs);
    written.addAll(scratch);
    written.addAll(temporaries);
    return written;
  }

  @Override
  public List<Overwrite> overwrites() {
    return Overwrite.ofForward(op, inputs, outputs.get(0));
  }

  @Override
  public Action bind(Binding at) {
    Forward call = at.forward(inputs, outputs, scratch, temporaries);
    if (!op.isRandom()) {
      return key -> op.forward(call);
    }
    return random == null
        ? key -> op.forward(call.withKey(key))
        : key -> op.forward(call.withKey(Rng.key(key, random)));
  }
}

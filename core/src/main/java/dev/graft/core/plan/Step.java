package dev.graft.core.plan;

import dev.graft.core.op.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One thing that a plan does, in terms of slots: what the planner knows before there is memory. */
interface Step {

  /** What it reads. */
  List<Slot> reads();

  /** What it writes; in full, without having read it. */
  List<Slot> writes();

  /** Bytes that it reads of weights in the form of its own kernel. */
  default long packedBytes() {
    return 0;
  }

  /** Which slots may share storage, if the read one is needed no more. */
  default List<Overwrite> overwrites() {
    return List.of();
  }

  /** The inputs that are not absent. */
  static List<Slot> there(List<@Nullable Slot> inputs) {
    List<Slot> there = new ArrayList<>();
    inputs.stream().filter(Objects::nonNull).forEach(there::add);
    return there;
  }

  /** This step on real memory. */
  Action bind(Binding at);

  /**
   * A slot that may be written over another.
   *
   * @param written one of {@link #writes()}
   * @param read one of {@link #reads()}
   */
  record Overwrite(Slot written, Slot read) {

    /** What an operation's forward rule allows for its first output. */
    static List<Overwrite> ofForward(Op op, List<@Nullable Slot> inputs, Slot output) {
      List<Overwrite> overwrites = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        Slot input = inputs.get(i);
        if (input != null && op.mayOverwrite(i) && input.shape().equals(output.shape())) {
          overwrites.add(new Overwrite(output, input));
        }
      }
      return overwrites;
    }
  }

  /** A step on real memory; made once, run many times. */
  interface Action {

    /**
     * @param key of this pass's random numbers
     */
    void run(long key);
  }
}

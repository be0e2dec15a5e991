package dev.graft.kernels.simd.vector;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Which of its two forms a kernel takes: vectors, or a plain loop that yields the same bits.
 *
 * <p>Until C2 has compiled it, a kernel of the Vector API allocates an object for every operation,
 * a thousand times slower than the instruction that it becomes; compiling all that a network needs
 * takes a second. Plain loops are good enough within milliseconds. So every process starts with
 * those; a kernel that has had enough to do to be worth compiling is brought to its vectors by
 * {@link Trials} in the background, and taken over once they are seen to be faster. On JDK 17 C2
 * sometimes leaves the objects in its code: such a kernel stays plain.
 *
 * <p>Since the bits are the same, results do not depend on when that happens.
 */
public final class KernelForm {

  /** Set to {@code vector} or {@code plain}, all kernels have that form from the start. */
  static final String PROPERTY = "graft.simd.form";

  /**
   * Operations on elements that plain code does in some tenths of a second: more than one picture
   * takes in a network of ordinary size, which the compiler would only slow down.
   */
  private static final long WORTH = 1L << 30;

  /** What is left of that once a first kernel got there: this is no process of one prediction. */
  private static final long WORTH_LATER = WORTH >> 7;

  private static final long NEVER = Long.MAX_VALUE;

  private static final String FIXED = System.getProperty(PROPERTY, "");
  private static final List<KernelForm> ALL = new CopyOnWriteArrayList<>();

  /** Both forms of a kernel on an example that meets all its branches. */
  public interface Trial {
    void run(boolean vector);
  }

  private final String name;
  private final Trial trial;

  // None is volatile: a thread that sees a change late computes the same.
  private static long waived;
  private boolean vector;
  private long left;

  /**
   * @param name for the log
   * @param trial to be run by one thread
   */
  public KernelForm(String name, Trial trial) {
    this.name = name;
    this.trial = trial;
    this.vector = FIXED.equals("vector");
    this.left = FIXED.isEmpty() ? WORTH : NEVER;
    ALL.add(this);
  }

  /**
   * Whether to take the vectors.
   *
   * @param operations what the kernel is about to do, counted in operations on single elements
   */
  public boolean isVector(long operations) {
    if (!vector) {
      count(operations);
    }
    return vector;
  }

  private void count(long operations) {
    left -= operations;
    if (left <= waived) {
      waived = WORTH - WORTH_LATER;
      left = NEVER;
      Trials.add(this);
    }
  }

  String name() {
    return name;
  }

  Trial trial() {
    return trial;
  }

  void takeVectors() {
    vector = true;
  }

  /** Chooses for all kernels that are loaded, as tests do. */
  static void takeEverywhere(boolean vectors) {
    for (KernelForm form : ALL) {
      form.vector = vectors;
      form.left = NEVER;
    }
  }
}

package dev.graft.kernels.opencl;

import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.ConvGeometry;

/**
 * When {@link Winograd} takes less time than the direct product: by shape and kind of device alone,
 * never by a timing.
 *
 * @param forced always or never, whatever the channels, where {@value #PROPERTY} says so
 */
record WinogradRule(Forced forced, boolean cpu, int scratch) {

  /** Forces the choice for all 3x3 convolutions of stride 1: always or never; for tests. */
  static final String PROPERTY = "graft.opencl.winograd";

  /** Elements of the transformed weights, above which they are not worth their memory: 64 MiB. */
  static final int MOST_WEIGHTS = 1 << 24;

  enum Forced {
    NOT,
    ALWAYS,
    NEVER
  }

  static WinogradRule of(int vector) {
    String name = System.getProperty(PROPERTY, "");
    Forced forced =
        switch (name) {
          case "" -> Forced.NOT;
          case "always" -> Forced.ALWAYS;
          case "never" -> Forced.NEVER;
          default ->
              throw new BackendException(
                  "unknown " + name + " in " + PROPERTY + "; there are always and never");
        };
    return new WinogradRule(
        forced, vector > 1, forced == Forced.ALWAYS ? 0 : Integer.getInteger("x.scratch", 1 << 20));
  }

  boolean takes(ConvGeometry g) {
    return forced != Forced.NEVER && possible(g) && (forced == Forced.ALWAYS || true);
  }

  private static boolean possible(ConvGeometry g) {
    return g.kernelHeight() == 3
        && g.kernelWidth() == 3
        && g.strideHeight() == 1
        && g.strideWidth() == 1
        && g.dilationHeight() == 1
        && g.dilationWidth() == 1
        && g.groups() == 1
        && (long) Winograd.POSITIONS * g.inChannels() * g.outChannels() <= MOST_WEIGHTS;
  }
}

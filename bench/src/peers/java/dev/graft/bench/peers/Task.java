package dev.graft.bench.peers;

import org.jspecify.annotations.Nullable;

/**
 * What is compared, without who does it.
 *
 * @param work the kind of work
 * @param network or null
 * @param shape or null
 * @param batch or null
 * @param unit of the figures
 * @param amount units of work in one run where the unit is a rate, 0 where it is a time or a size
 */
record Task(
    String work,
    @Nullable String network,
    @Nullable String shape,
    @Nullable Integer batch,
    String unit,
    double amount) {

  /** Of a network at a batch size, in pictures a second. */
  static Task pictures(String work, String network, int batch) {
    return new Task(work, network, null, batch, "images/s", batch);
  }

  /** Of a matrix product or a layer, in 10^9 floating-point operations a second. */
  static Task flops(String work, String shape, @Nullable Integer batch, double operations) {
    return new Task(work, null, shape, batch, "GFLOP/s", operations / 1e9);
  }

  /** Where less is better: seconds, or MiB. */
  static Task less(String work, String network, @Nullable Integer batch, String unit) {
    return new Task(work, network, null, batch, unit, 0);
  }

  /**
   * @param graft seconds of a run, or the figure itself where less is better
   * @param peer the same
   */
  Row row(int threads, double graft, double peer, String peerName) {
    boolean rate = amount > 0;
    return new Row(
        work,
        network,
        shape,
        batch,
        threads,
        rate ? amount / graft : graft,
        rate ? amount / peer : peer,
        peerName,
        unit,
        peer / graft);
  }

  @Override
  public String toString() {
    return work
        + " "
        + (network != null ? network : shape)
        + (batch == null ? "" : " batch " + batch);
  }
}

package dev.graft.bench.gpu;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.Precision;
import org.jspecify.annotations.Nullable;

/**
 * One line of the result.
 *
 * @param work what was done: {@code sgemm}, {@code conv-forward}, …
 * @param shape the sizes, or the network
 * @param batch pictures at a time; null where there are none
 * @param device the OpenCL device's name
 * @param graft Graft's figure by the clock on the wall; null where it did not run
 * @param graftDevice the same by the time that kernels took on the device
 * @param peer the peer's figure; null where there is none
 * @param peerName the peer, with its version and device
 * @param unit of the three: {@code GFLOP/s} or {@code images/s}
 * @param ratio graft / peer: above 1 Graft is faster
 * @param flops floating-point operations of a call
 * @param bytes of its operands and results
 * @param peak the device's peak in GFLOP/s; null where it is not known, as for tensor cores
 * @param ofPeak the part of it that was reached, by graftDevice, or by graft where there is none
 */
@JsonPropertyOrder({
  "work",
  "shape",
  "batch",
  "device",
  "graft",
  "graftDevice",
  "peer",
  "peerName",
  "unit",
  "ratio",
  "flops",
  "bytes",
  "peak",
  "ofPeak"
})
record Row(
    String work,
    String shape,
    @Nullable Integer batch,
    String device,
    @Nullable Double graft,
    @Nullable Double graftDevice,
    @Nullable Double peer,
    @Nullable String peerName,
    String unit,
    @Nullable Double ratio,
    long flops,
    long bytes,
    @Nullable Double peak,
    @Nullable Double ofPeak) {

  static Row of(
      Work work,
      OpenClDevice device,
      Peak peak,
      DeviceRun.Times times,
      @Nullable Double peerSeconds,
      @Nullable String peerName) {
    Cost cost = work.cost();
    double amount = work.amount();
    Double seconds = times.seconds();
    Double best = times.deviceSeconds() != null ? times.deviceSeconds() : seconds;
    // The peak is float32's, which tensor cores exceed.
    Double most = work.precision() == Precision.FLOAT32 ? peak.gigaflops() : null;
    boolean both = seconds != null && peerSeconds != null;
    return new Row(
        work.work(),
        work.shape(),
        work.batch(),
        device.name().strip(),
        rate(amount, seconds),
        rate(amount, times.deviceSeconds()),
        rate(amount, peerSeconds),
        peerSeconds == null ? null : peerName,
        work.unit(),
        both ? (Double) (peerSeconds / seconds) : null,
        cost.flops(),
        cost.bytes(),
        most,
        best == null || most == null ? null : (Double) (cost.flops() / 1e9 / best / most));
  }

  private static @Nullable Double rate(double amount, @Nullable Double seconds) {
    return seconds == null ? null : amount / seconds;
  }

  /** Bytes of operands and results in a second, in GB/s, by the best time there is. */
  @Nullable Double gigabytes() {
    Double best = graftDevice != null ? graftDevice : graft;
    if (best == null) {
      return null;
    }
    double amount = batch != null && unit.equals("images/s") ? batch : flops / 1e9;
    return best / amount * bytes / 1e9;
  }
}

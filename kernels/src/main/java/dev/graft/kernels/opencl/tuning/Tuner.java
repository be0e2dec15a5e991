package dev.graft.kernels.opencl.tuning;

import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.DeviceMemoryError;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.Precision;
import dev.graft.kernels.opencl.product.Contraction;
import dev.graft.kernels.opencl.product.Contractions;
import dev.graft.kernels.opencl.product.Tile;
import dev.graft.kernels.opencl.product.TileCandidates;
import dev.graft.kernels.opencl.product.TileChoice;
import dev.graft.kernels.opencl.product.TuningFile;
import dev.graft.kernels.opencl.runtime.BinaryCache;
import dev.graft.kernels.opencl.runtime.ClBuffer;
import dev.graft.kernels.opencl.runtime.ClContext;
import dev.graft.kernels.opencl.runtime.DeviceMemory;
import dev.graft.kernels.opencl.runtime.Programs;
import dev.graft.kernels.opencl.runtime.ScratchMemory;
import dev.graft.kernels.opencl.runtime.Transfers;
import dev.graft.kernels.opencl.runtime.VectorWidth;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Measures which tiles a device multiplies fastest with, and keeps them for backends that are
 * opened later. Large results choose one tile, small ones another. Each candidate runs a product
 * and a convolution, in turn with the others so that a device that grows warm slows all of them
 * alike; the best time of each counts.
 */
public final class Tuner {

  /**
   * The most candidates for each kind of results, beside the tile in use; for tests, which have no
   * time for all.
   */
  public static final String CANDIDATES = "graft.opencl.tune.candidates";

  private static final int ROUNDS = 5;

  /** Long enough that starting a kernel does not count. */
  private static final long LEAST_NANOSECONDS = 20_000_000;

  /** Other tiles add in another order, so the one in use is not left for what chance may give. */
  private static final double NOISE = 1.02;

  private record Job(Contraction contraction, int a, int b, int c) {
    double operations() {
      return 2.0 * contraction.elements() * contraction.k();
    }
  }

  /** A job with its operands on the device. */
  private record Work(Job job, Buffer a, Buffer b, Buffer c) {}

  private record Runner(Tile tile, Contractions contractions) {}

  /** What was chosen, and what is said of it. */
  private record Winner(Tile tile, TuningEvent.Ended event) {}

  private final OpenClDevice device;
  private final Precision precision;
  private final Consumer<TuningEvent> progress;

  /**
   * @param precision what is measured: float32 and half share their tiles, the others have their
   *     own
   * @param progress told of every step, on the thread that tunes
   */
  public Tuner(OpenClDevice device, Precision precision, Consumer<TuningEvent> progress) {
    this.device = device;
    this.precision = precision;
    this.progress = progress;
  }

  /** The file with the tiles that were measured for this device; empty where there is none. */
  public static Optional<Path> kept(OpenClDevice device, Precision precision) {
    return new TuningFile(BinaryCache.ofUser().folder(), device, precision).kept();
  }

  /**
   * Measures, and keeps what is fastest. What was kept before stays until then, and is replaced
   * whole.
   *
   * @throws BackendException if the device cannot be used, if no tile at all runs on it, or if
   *     there is nowhere to keep the result; the last is found out before anything is measured
   */
  public Tuning tune() {
    precision
        .problem(device)
        .ifPresent(
            problem -> {
              throw new BackendException(problem);
            });
    BinaryCache cache = BinaryCache.ofUser();
    TuningFile file = new TuningFile(cache.folder(), device, precision);
    try {
      file.prepare();
      return measure(cache, file);
    } catch (IOException e) {
      throw new BackendException(
          "cannot keep tiles in "
              + cache.folder()
              + ": "
              + e
              + "; -D"
              + BinaryCache.PROPERTY
              + "=DIR names another folder",
          e);
    }
  }

  private Tuning measure(BinaryCache cache, TuningFile file) throws IOException {
    ClContext context = new ClContext(device, false);
    DeviceMemory memory = new DeviceMemory(context);
    Programs programs = new Programs(context, cache);
    try {
      int vector = VectorWidth.of(context.id());
      TileChoice used = file.read().orElseGet(() -> TileChoice.shipped(device, vector, precision));
      List<Tile> candidates = TileCandidates.of(device, vector, precision);
      int size = device.isGpu() ? 2048 : 768;
      Winner large =
          fastest("large", used.large(), candidates, programs, memory, jobs(size, 8, 128, 28));
      Winner small =
          fastest("small", used.small(), candidates, programs, memory, jobs(size / 8, 1, 128, 14));
      Path path = file.write(new TileChoice(large.tile, small.tile));
      return new Tuning(large.event, small.event, path);
    } finally {
      context.close(
          () -> {
            programs.close();
            memory.close();
          });
    }
  }

  private static List<Job> jobs(int size, int batch, int channels, int plane) {
    ConvGeometry g =
        new ConvGeometry(batch, channels, plane, plane, channels, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1);
    int pixels = batch * channels * plane * plane;
    return List.of(
        new Job(
            Contraction.of(GemmGeometry.of(false, false, size, size, size)),
            size * size,
            size * size,
            size * size),
        new Job(Contraction.forward(g), channels * channels * 9, pixels, pixels));
  }

  private Winner fastest(
      String kind,
      Tile used,
      List<Tile> all,
      Programs programs,
      DeviceMemory memory,
      List<Job> jobs) {
    Set<Tile> candidates = new LinkedHashSet<>(List.of(used));
    int most = Integer.getInteger(CANDIDATES, Integer.MAX_VALUE);
    all.stream()
        .filter(tile -> !tile.equals(used))
        .limit(Math.max(0, most))
        .forEach(candidates::add);
    int units = 1 + ROUNDS * jobs.size();
    progress.accept(new TuningEvent.Started(kind, candidates.size(), candidates.size() * units));

    List<Work> works = jobs.stream().map(job -> work(job, programs.context(), memory)).toList();
    ScratchMemory scratch = new ScratchMemory(memory);
    List<Runner> runners = new ArrayList<>();
    Throwable problem = null;
    int done = 0;
    for (Tile tile : candidates) {
      try {
        Runner runner =
            new Runner(
                tile,
                new Contractions(programs, scratch, new TileChoice(tile, tile), Precision.FLOAT32));
        for (Work work : works) {
          time(runner, programs.context(), work, 1);
        }
        runners.add(runner);
        done++;
      } catch (BackendException | DeviceMemoryError e) {
        // More registers or local memory than there are: not for this device.
        progress.accept(new TuningEvent.Skipped(kind, tile.toString(), e));
        problem = e;
        done += units;
      }
      progress.accept(new TuningEvent.Progress(done));
    }
    if (runners.isEmpty()) {
      throw new BackendException(
          "none of the tiles runs on "
              + device.name().strip()
              + (problem == null ? "" : ": " + problem.getMessage()),
          problem);
    }
    double[] speeds = speeds(runners, programs.context(), works, done);
    // The one in use came first, unless it was skipped.
    boolean ran = runners.get(0).tile.equals(used);
    double before = ran ? speeds[0] : Double.NaN;
    int best = best(speeds, ran ? NOISE : 1);
    TuningEvent.Ended ended =
        new TuningEvent.Ended(
            kind, runners.size(), runners.get(best).tile.toString(), before, speeds[best]);
    progress.accept(ended);
    return new Winner(runners.get(best).tile, ended);
  }

  /**
   * Which is fastest.
   *
   * @param lead by how much another has to be faster than the first
   */
  static int best(double[] speeds, double lead) {
    int best = 0;
    for (int i = 1; i < speeds.length; i++) {
      best = speeds[i] > speeds[best] * (best == 0 ? lead : 1) ? i : best;
    }
    return best;
  }

  /** Operands of ordinary numbers: denormal ones slow a processor, zeros speed a GPU up. */
  private static Work work(Job job, ClContext context, DeviceMemory memory) {
    Transfers transfers = new Transfers(context);
    ClBuffer[] operands = {memory.allocate(job.a), memory.allocate(job.b)};
    for (ClBuffer operand : operands) {
      float[] values = new float[operand.length()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (i * 37 % 101 - 50) / 50f;
      }
      transfers.upload(values, 0, values.length, operand);
    }
    // The host's side of the transfers goes with this method.
    context.lock();
    try {
      context.finish();
    } finally {
      context.unlock();
    }
    return new Work(job, operands[0], operands[1], memory.allocate(job.c));
  }

  /** GFLOP/s of each at its best, the geometric mean over the jobs. */
  private double[] speeds(List<Runner> runners, ClContext context, List<Work> works, int before) {
    int done = before;
    double[] logarithms = new double[runners.size()];
    for (Work work : works) {
      double[] best = new double[runners.size()];
      long once = Math.max(1, time(runners.get(0), context, work, 1));
      int repetitions = (int) Math.max(1, Math.min(1000, LEAST_NANOSECONDS / once));
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < best.length; i++) {
          long time = Math.max(1, time(runners.get(i), context, work, repetitions));
          best[i] = Math.max(best[i], work.job.operations() * repetitions / time);
          progress.accept(new TuningEvent.Progress(++done));
        }
      }
      for (int i = 0; i < best.length; i++) {
        logarithms[i] += Math.log(best[i]) / works.size();
      }
    }
    double[] speeds = new double[runners.size()];
    for (int i = 0; i < speeds.length; i++) {
      speeds[i] = Math.exp(logarithms[i]);
    }
    return speeds;
  }

  /** Nanoseconds for so many runs. */
  private static long time(Runner runner, ClContext context, Work work, int repetitions) {
    context.lock();
    try {
      context.finish();
      long start = System.nanoTime();
      for (int i = 0; i < repetitions; i++) {
        runner.contractions.run(
            work.job.contraction, 1, work.a, work.b, 0, Epilogue.NONE, null, null, work.c);
      }
      context.finish();
      return System.nanoTime() - start;
    } finally {
      context.unlock();
    }
  }
}

package dev.graft.kernels.opencl;

import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Measures which tiles a device multiplies fastest with, and keeps them for backends that are
 * opened later ({@link TuningFile}). Large results choose one tile, small ones another. Each
 * candidate runs a product and a convolution, in turn with the others so that a device that grows
 * warm slows all of them alike; the best time of each counts.
 */
public final class Tuner {

  private static final int ROUNDS = 5;

  /** Long enough that starting a kernel does not count. */
  private static final long LEAST_NANOSECONDS = 20_000_000;

  private record Job(Contraction contraction, int a, int b, int c) {
    double operations() {
      return 2.0 * contraction.elements() * contraction.k();
    }
  }

  private final OpenClDevice device;
  private final Consumer<String> progress;

  /**
   * @param progress told each candidate's speed, a line each
   */
  public Tuner(OpenClDevice device, Consumer<String> progress) {
    this.device = device;
    this.progress = progress;
  }

  /**
   * Measures and keeps.
   *
   * @return what was chosen and where it is kept, for people
   * @throws BackendException if the device cannot be used, or no tile at all runs on it
   * @throws UncheckedIOException if the result cannot be written
   */
  public String tune() {
    BinaryCache cache = BinaryCache.ofUser();
    TileChoice best = measure(cache);
    try {
      return new TuningFile(cache.folder(), device)
          .write(best)
          .map(file -> "kept in " + file)
          .orElse("not kept: there is no cache")
          .transform(where -> best + ", " + where);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the tiles that were measured", e);
    }
  }

  TileChoice measure(BinaryCache cache) {
    ClContext context = new ClContext(device, false);
    DeviceMemory memory = new DeviceMemory(context);
    Programs programs = new Programs(context, cache);
    try {
      List<Tile> candidates = TileCandidates.of(device, VectorWidth.of(context.id()));
      int size = device.isGpu() ? 2048 : 768;
      Tile large = fastest("large", candidates, programs, memory, jobs(size, 8, 128, 28));
      Tile small = fastest("small", candidates, programs, memory, jobs(size / 8, 1, 128, 14));
      return new TileChoice(large, small);
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

  private Tile fastest(
      String kind, List<Tile> candidates, Programs programs, DeviceMemory memory, List<Job> jobs) {
    ScratchMemory scratch = new ScratchMemory(memory);
    List<Tile> tiles = new ArrayList<>();
    List<Contractions> runners = new ArrayList<>();
    for (Tile tile : candidates) {
      Contractions runner = new Contractions(programs, scratch, new TileChoice(tile, tile));
      try {
        for (Job job : jobs) {
          time(runner, programs.context(), memory, job, 1);
        }
        tiles.add(tile);
        runners.add(runner);
      } catch (BackendException e) {
        // More registers or local memory than there are: not for this device.
        progress.accept(kind + " " + tile + ": " + e.getMessage());
      }
    }
    if (tiles.isEmpty()) {
      throw new BackendException("none of the tiles runs on " + device.name().strip());
    }
    double[] score = new double[tiles.size()];
    for (Job job : jobs) {
      double[] speeds = speeds(runners, programs.context(), memory, job);
      for (int i = 0; i < score.length; i++) {
        score[i] += Math.log(speeds[i]) / jobs.size();
      }
    }
    int best = 0;
    for (int i = 0; i < score.length; i++) {
      String speed = String.format(Locale.ROOT, "%.1f GFLOP/s", Math.exp(score[i]));
      progress.accept(kind + " " + tiles.get(i) + ": " + speed);
      best = score[i] > score[best] ? i : best;
    }
    return tiles.get(best);
  }

  /** The best speed of each, in operations a nanosecond. */
  private static double[] speeds(
      List<Contractions> runners, ClContext context, DeviceMemory memory, Job job) {
    double[] best = new double[runners.size()];
    long once = Math.max(1, time(runners.get(0), context, memory, job, 1));
    int repetitions = (int) Math.max(1, Math.min(1000, LEAST_NANOSECONDS / once));
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < best.length; i++) {
        long time = Math.max(1, time(runners.get(i), context, memory, job, repetitions));
        best[i] = Math.max(best[i], job.operations() * repetitions / time);
      }
    }
    return best;
  }

  /** Nanoseconds for so many runs. */
  private static long time(
      Contractions runner, ClContext context, DeviceMemory memory, Job job, int repetitions) {
    Buffer a = memory.allocate(job.a);
    Buffer b = memory.allocate(job.b);
    Buffer c = memory.allocate(job.c);
    context.lock();
    try {
      context.finish();
      long start = System.nanoTime();
      for (int i = 0; i < repetitions; i++) {
        runner.run(job.contraction, 1, a, b, 0, Epilogue.NONE, null, null, c);
      }
      context.finish();
      return System.nanoTime() - start;
    } finally {
      context.unlock();
    }
  }
}

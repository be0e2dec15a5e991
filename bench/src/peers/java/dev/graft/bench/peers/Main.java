package dev.graft.bench.peers;

import dev.graft.bench.json.JsonFile;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.Backends;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/** Runs what the options ask for: rows on standard error as they come, the table at the end. */
public final class Main {

  private Main() {}

  /** Exits with 0; with 1 if a peer's results were not Graft's or nothing could be compared. */
  public static void main(String[] args) throws IOException {
    if (Arrays.asList(args).contains("--help")) {
      System.out.print(Options.HELP);
      return;
    }
    try {
      System.exit(run(Options.parse(args)));
    } catch (Options.UsageException | BackendException e) {
      System.err.println("error: " + e.getMessage());
      System.exit(2);
    }
  }

  private static int run(Options options) throws IOException {
    long start = System.nanoTime();
    Neighbours neighbours = new Neighbours();
    // Read by DJL when its engine is loaded: all that it needs is on the class path.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(options.threads()));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    try (Backend backend = Backends.byName(options.backend(), options.threads())) {
      System.err.printf(
          "Java %s, backend %s, %d threads%n",
          Runtime.version(), backend.name(), options.threads());
      Board board = new Board(options, backend);
      SpeedWorks speed = new SpeedWorks(board);
      LayerWorks layers = new LayerWorks(board);
      ProcessWorks processes = new ProcessWorks(board);
      for (String work : options.works()) {
        switch (work) {
          case "sgemm" -> speed.sgemm();
          case "conv-forward" -> layers.forward();
          case "conv-grad-input" -> layers.gradientInput();
          case "conv-grad-weight" -> layers.gradientWeight();
          case "inference" -> speed.inference();
          case "train-all" -> speed.trainAll();
          case "train-frozen" -> speed.trainFrozen();
          case "start-up" -> processes.startUp();
          case "memory" -> processes.memory();
          case "head-job" -> processes.headJob();
          default -> throw new IllegalStateException(work);
        }
      }
      JsonFile.write(board.rows(), options.json());
      Table.print(board.rows(), System.out);
      System.out.printf(
          Locale.ROOT,
          "%n%d rows in %s, %.0f s; %s%n",
          board.rows().size(),
          options.json(),
          (System.nanoTime() - start) / 1e9,
          neighbours.report());
      return board.disagreed() || board.rows().isEmpty() ? 1 : 0;
    }
  }
}

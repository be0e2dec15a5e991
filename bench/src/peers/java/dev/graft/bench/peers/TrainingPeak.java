package dev.graft.bench.peers;

import dev.graft.bench.networks.Network;
import dev.graft.bench.networks.TrainingRun;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.graph.Model;
import dev.graft.core.transfer.freeze.FreezeMask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process that trains ResNet-18 for a few steps and says how much memory it had at most. */
public final class TrainingPeak {

  static final int BATCH = 16;
  private static final int STEPS = 4;

  private TrainingPeak() {}

  /** Contender, backend, threads; prints MiB. */
  public static void main(String[] args) throws IOException {
    Model model = Network.RESNET18.build(10);
    try (Backend backend = Backends.byName(args[1], Integer.parseInt(args[2]));
        Contender training =
            args[0].equals(Contender.GRAFT)
                ? new GraftTraining(model, FreezeMask.NONE, BATCH, backend, TrainingRun.momentum())
                : new DjlTraining(model, FreezeMask.NONE, BATCH)) {
      for (int i = 0; i < STEPS; i++) {
        training.run();
      }
      System.out.println(peakMebibytes());
    }
  }

  private static double peakMebibytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
      }
    }
    throw new IOException("/proc/self/status has no VmHWM");
  }
}

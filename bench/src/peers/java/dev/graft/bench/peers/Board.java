package dev.graft.bench.peers;

import dev.graft.core.backend.Backend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Holds the contests and what came of them. */
final class Board {

  /** A gradient takes about as long as the forward pass; much less than that is noise. */
  private static final double LEAST_SHARE = 0.25;

  private final Options options;
  private final Backend backend;
  private final long start = System.nanoTime();
  private final List<Row> rows = new ArrayList<>();
  private boolean disagreed;

  Board(Options options, Backend backend) {
    this.options = options;
    this.backend = backend;
  }

  Options options() {
    return options;
  }

  /** Graft's backend, with the threads that were asked for. */
  Backend backend() {
    return backend;
  }

  private Contest contest() {
    return new Contest(Pace.of(options.quick(), (System.nanoTime() - start) / 1e9));
  }

  /** The rows so far. */
  List<Row> rows() {
    return List.copyOf(rows);
  }

  /** Whether some peer's results were not Graft's. */
  boolean disagreed() {
    return disagreed;
  }

  /** Compares what they compute, then how fast, and closes them; peers that are null are absent. */
  void compare(Task task, Contender graft, @Nullable Contender... peers) {
    List<Contender> contenders = new ArrayList<>(List.of(graft));
    Arrays.stream(peers).filter(Objects::nonNull).forEach(contenders::add);
    try {
      List<Contender> sound = agreeing(task, contenders);
      if (sound.size() > 1) {
        double[] seconds = contest().seconds(sound);
        for (int i = 1; i < seconds.length; i++) {
          add(task.row(options.threads(), seconds[0], seconds[i], sound.get(i).name()));
        }
      }
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  /** Compares with a peer that can do its work only together with {@code extra}. */
  void compareDifference(Task task, Contender graft, Contender peer, Contender extra) {
    List<Contender> contenders = List.of(graft, peer, extra);
    try {
      if (agreeing(task, List.of(graft, peer)).size() > 1) {
        double[] seconds = contest().seconds(contenders);
        double alone = seconds[1] - seconds[2];
        if (alone > LEAST_SHARE * seconds[2]) {
          add(task.row(options.threads(), seconds[0], alone, peer.name()));
        } else {
          System.err.printf("%s: %s cannot be told from noise: no ratio%n", task, peer.name());
        }
      }
    } finally {
      contenders.forEach(Contender::close);
    }
  }

  private List<Contender> agreeing(Task task, List<Contender> contenders) {
    float[] expected = contenders.get(0).proof();
    List<Contender> sound = new ArrayList<>(List.of(contenders.get(0)));
    for (Contender peer : contenders.subList(1, contenders.size())) {
      double difference = Agreement.difference(expected, peer.proof());
      if (difference <= Agreement.TOLERANCE) {
        sound.add(peer);
      } else {
        disagreed = true;
        System.err.printf(
            "%s: %s differs from Graft by %.1e of the largest value, more than %.0e: no ratio%n",
            task, peer.name(), difference, Agreement.TOLERANCE);
      }
    }
    return sound;
  }

  /** Notes that a peer came to another result, which leaves it without a row. */
  void disagree(Task task, String peer, String expected, String found) {
    disagreed = true;
    System.err.printf("%s: %s found %s, Graft %s: no ratio%n", task, peer, found, expected);
  }

  /** Notes a row and shows it at once. */
  void add(Row row) {
    rows.add(row);
    System.err.println(Table.line(row));
  }
}

package dev.graft.core.insight.race;

import dev.graft.core.insight.race.Lane.Start;
import java.util.List;
import java.util.Locale;

/**
 * What the race showed.
 *
 * @param heats by ascending number of pictures
 * @param notes what should be told of the data, a line each
 */
public record RaceResult(List<Heat> heats, List<String> notes) {

  public RaceResult {
    heats = List.copyOf(heats);
    notes = List.copyOf(notes);
  }

  /** The verdict of the heat with the most pictures, in a sentence. */
  public String sentence() {
    Heat heat = heats.get(heats.size() - 1);
    Lane best = heat.transfer();
    Lane scratch = heat.lane(Start.SCRATCH);
    String figures =
        String.format(
            Locale.ROOT,
            "%s %s %%, from scratch %s %% (%d pictures a class, %d epochs, %d seed%s)",
            best.start().words(),
            best.accuracy().text(100),
            scratch.accuracy().text(100),
            heat.pictures(),
            heat.epochs(),
            best.runs().size(),
            best.runs().size() == 1 ? "" : "s");
    return switch (heat.verdict()) {
      case HELPS -> "transfer helps: " + figures;
      case NO_BETTER -> "transfer is no better than from scratch: " + figures;
      case HURTS -> "transfer is no better than from scratch, it hurts: " + figures;
      case ONE_SEED -> "one seed gives no verdict: " + figures;
    };
  }

  /**
   * From how many pictures a class on fine-tuning beats a frozen trunk by more than the seeds
   * scatter, in a sentence; empty for a single heat.
   */
  public String crossover() {
    if (heats.size() < 2) {
      return "";
    }
    int from = heats.size();
    while (from > 0 && isTunedAhead(heats.get(from - 1))) {
      from--;
    }
    Heat last = heats.get(heats.size() - 1);
    return from == heats.size()
        ? "fine-tuning is not ahead of a frozen trunk with up to "
            + last.pictures()
            + " pictures a class"
        : "fine-tuning is ahead of a frozen trunk from "
            + heats.get(from).pictures()
            + " pictures a class on";
  }

  private static boolean isTunedAhead(Heat heat) {
    return heat.gain(heat.lane(Start.TUNED), heat.lane(Start.FROZEN)).isAbove(0);
  }
}

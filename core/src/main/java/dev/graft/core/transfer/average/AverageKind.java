package dev.graft.core.transfer.average;

import java.util.List;
import java.util.stream.Stream;

/** The averages that are tried behind a phase; one is kept where it validates better. */
public enum AverageKind {
  /** The exponential moving average over about an epoch, see {@link Ema}. */
  EMA("ema") {
    @Override
    public WeightAverage over(int stepsPerEpoch, int epochs) {
      return new Ema(Math.max(0.9, 1 - 1.0 / stepsPerEpoch));
    }
  },
  /** The mean of the epochs of a phase's second half, see {@link Swa}. */
  SWA("swa") {
    @Override
    public WeightAverage over(int stepsPerEpoch, int epochs) {
      return new Swa(epochs / 2 * stepsPerEpoch, stepsPerEpoch);
    }
  },
  /**
   * Between the head phase and the end: {@code (1 - a) start + a end} (Wortsman et al., "Robust
   * Fine-Tuning of Zero-Shot Models", CVPR 2022, arXiv 2109.01903, equation 1). Only behind a phase
   * that goes on from another.
   */
  WISE_FT("wise-ft") {
    @Override
    public WeightAverage over(int stepsPerEpoch, int epochs) {
      return new PhaseStart();
    }

    @Override
    public List<Double> shares() {
      return List.of(0.2, 0.4, 0.6, 0.8);
    }

    @Override
    public boolean isFor(int phase) {
      return phase > 0;
    }
  };

  private final String word;

  AverageKind(String word) {
    this.word = word;
  }

  /** Its name for people, such as {@code wise-ft}. */
  public String word() {
    return word;
  }

  /**
   * What gathers it while a phase trains.
   *
   * @param stepsPerEpoch updates in an epoch, at least 1
   * @param epochs that the phase may have
   */
  public abstract WeightAverage over(int stepsPerEpoch, int epochs);

  /** The shares of the phase's end that are tried; 0 takes what was gathered alone. */
  public List<Double> shares() {
    return List.of(0.0);
  }

  /**
   * Whether it means anything behind a phase.
   *
   * @param phase its number, from 0
   */
  public boolean isFor(int phase) {
    return true;
  }

  /**
   * One of these by its word.
   *
   * @throws IllegalArgumentException if it is unknown
   */
  public static AverageKind byName(String word) {
    return Stream.of(values())
        .filter(kind -> kind.word.equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown average "
                        + word
                        + "; known are "
                        + String.join(", ", Stream.of(values()).map(AverageKind::word).toList())));
  }
}

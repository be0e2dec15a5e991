package dev.graft.core.insight.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.data.DataException;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.insight.race.Heat.Verdict;
import dev.graft.core.insight.race.Lane.Start;
import dev.graft.core.train.TrainListener;
import dev.graft.core.transfer.Toy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which pictures a race draws, how it is decided, and what it says. */
class RaceTest {

  private static Lane lane(Start start, double... accuracies) {
    return new Lane(
        start,
        IntStream.range(0, accuracies.length)
            .mapToObj(i -> new Lane.Run(i, accuracies[i], List.of()))
            .toList());
  }

  private static Heat heat(int pictures, double[] scratch, double[] frozen, double[] tuned) {
    return new Heat(
        pictures,
        5,
        List.of(
            lane(Start.SCRATCH, scratch), lane(Start.FROZEN, frozen), lane(Start.TUNED, tuned)));
  }

  private static double[] of(double... values) {
    return values;
  }

  @Test
  void verdict_goesByTheGainOfEachSeed_beyondItsInterval() {
    Heat helps = heat(20, of(0.5, 0.6, 0.55), of(0.9, 0.95, 0.93), of(0.8, 0.8, 0.8));
    assertThat(helps.verdict()).isEqualTo(Verdict.HELPS);
    assertThat(helps.transfer().start()).isEqualTo(Start.FROZEN);
    Heat noise = heat(20, of(0.5, 0.6, 0.55), of(0.6, 0.5, 0.58), of(0.4, 0.4, 0.4));
    assertThat(noise.verdict()).isEqualTo(Verdict.NO_BETTER);
    Heat hurts = heat(20, of(0.9, 0.91, 0.92), of(0.5, 0.51, 0.53), of(0.6, 0.6, 0.6));
    assertThat(hurts.verdict()).isEqualTo(Verdict.HURTS);
    assertThat(heat(20, of(0.5), of(0.9), of(0.9)).verdict()).isEqualTo(Verdict.ONE_SEED);
    // The seeds scatter more than what is gained, but together: each gains the same.
    Heat paired = heat(20, of(0.3, 0.5, 0.7), of(0.35, 0.55, 0.76), of(0, 0, 0));
    assertThat(paired.verdict()).isEqualTo(Verdict.HELPS);
  }

  @Test
  void sentences_nameTheFigures_andTheCrossover() {
    Heat few = heat(5, of(0.5, 0.5, 0.5), of(0.8, 0.8, 0.8), of(0.7, 0.7, 0.7));
    Heat many = heat(80, of(0.6, 0.6, 0.6), of(0.8, 0.8, 0.8), of(0.9, 0.91, 0.92));
    RaceResult result = new RaceResult(List.of(few, many), List.of());
    assertThat(result.sentence())
        .isEqualTo(
            "transfer helps: fine-tuned 91.0 ± 2.5 %, from scratch 60.0 ± 0.0 % (80 pictures a"
                + " class, 5 epochs, 3 seeds)");
    assertThat(result.crossover())
        .isEqualTo("fine-tuning is ahead of a frozen trunk from 80 pictures a class on");
    assertThat(new RaceResult(List.of(few, few), List.of()).crossover())
        .contains("not ahead of a frozen trunk with up to 5 pictures");
    assertThat(new RaceResult(List.of(few), List.of()).crossover()).isEmpty();
  }

  @Test
  void epochsToTheEnd_areCountedFromTheFirst() {
    List<Lane.Epoch> curve = new ArrayList<>();
    for (double accuracy : of(0.2, 0.6, 0.78, 0.7, 0.8)) {
      curve.add(new Lane.Epoch(1, 1, accuracy));
    }
    assertThat(new Lane.Run(0, 0.8, curve).settled()).isEqualTo(3);
    assertThat(new Lane.Run(0, 0.8, List.of()).settled()).isZero();
  }

  @Test
  void drawnPictures_areOfEveryClassAlike_nested_andRepeatedUntilThereAreEnough() {
    Pictures all = Toy.data().training();
    Pictures few = Race.draw(all, 3, 7);
    assertThat(few.size()).isGreaterThanOrEqualTo(64);
    int[] counts = few.countsOfClasses();
    assertThat(Arrays.stream(counts).distinct().count()).isEqualTo(1);
    Set<String> names = names(few);
    assertThat(names).hasSize(3 * all.classes().size());
    assertThat(names(Race.draw(all, 9, 7))).containsAll(names);
    assertThat(names(Race.draw(all, 3, 8))).isNotEqualTo(names);
  }

  private static Set<String> names(Pictures pictures) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < pictures.size(); i++) {
      names.add(pictures.name(i));
    }
    return names;
  }

  @Test
  void aSmallRace_isRunToTheEnd_andRepeats() {
    Race race = new Race(List.of(8, 2), 2, 2, 1);
    RaceResult result = run(race);
    assertThat(result.heats()).extracting(Heat::pictures).containsExactly(2, 8);
    for (Heat heat : result.heats()) {
      for (Lane lane : heat.lanes()) {
        assertThat(lane.runs()).hasSize(2);
        assertThat(lane.runs()).allMatch(r -> r.accuracy() >= 0 && r.accuracy() <= 1);
        assertThat(lane.runs()).allMatch(r -> !r.epochs().isEmpty());
      }
    }
    assertThat(run(race)).isEqualTo(result);
  }

  private static RaceResult run(Race race) {
    try (ReferenceBackend backend = new ReferenceBackend()) {
      return race.run(Toy.plain(), Toy.data(), backend, 2, TrainListener.SILENT);
    }
  }

  @Test
  void numbersThatMakeNoRace_areRefused() {
    assertThatThrownBy(() -> new Race(List.of(0), 3, 5, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1 picture");
    assertThatThrownBy(() -> new Race(List.of(5), 0, 5, 0))
        .hasMessageContaining("at least 1 seed and 2 epochs, found 0 and 5");
    assertThatThrownBy(() -> run(new Race(List.of(1000, 2000), 1, 2, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("no class has more than");
  }
}

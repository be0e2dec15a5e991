package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code --help} says, against the contract. */
class HelpTest {

  @Test
  void help_namesEveryOptionOfTheContract() {
    Map<String, List<String>> options =
        Map.of(
            "train",
            List.of(
                "--model",
                "--data",
                "--out",
                "--recipe",
                "--epochs",
                "--lr",
                "--batch",
                "--val",
                "--preprocess",
                "--new-head",
                "--keep-head",
                "--freeze",
                "--lr-factor",
                "--seed",
                "--patience",
                "--cache",
                "--schedule",
                "--weight-decay",
                "--label-smoothing",
                "--backend",
                "--threads",
                "--stacktrace",
                "--quiet"),
            "distill",
            List.of(
                "--teacher",
                "--student",
                "--method",
                "--temperature",
                "--alpha",
                "--unlabelled",
                "--labelled",
                "--teacher-preprocess",
                "--data",
                "--out",
                "--epochs",
                "--seed"),
            "predict",
            List.of("--model", "--labels", "--preprocess", "--top", "--json", "--threads"),
            "run",
            List.of("--input", "--output", "--backend"),
            "inspect",
            List.of("--json", "--stacktrace"),
            "convert",
            List.of("MODEL", "OUT", "--stacktrace"));
    options.forEach(
        (command, names) -> assertThat(graft(command, "--help").out()).as(command).contains(names));
  }

  @Test
  void everyCommand_explainsItself() {
    for (String name :
        List.of("train", "distill", "predict", "run", "inspect", "convert", "backends", "tune")) {
      CommandRun command = graft(name, "--help");
      assertThat(command.code()).isZero();
      assertThat(command.out()).contains("Usage: graft " + name);
      assertThat(graft("--help").out()).contains(name);
    }
    assertThat(graft("backends").out()).contains("java", "reference");
  }
}

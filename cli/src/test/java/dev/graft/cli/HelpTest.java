package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What {@code --help} says, against the contract. */
class HelpTest {

  @Test
  void help_namesEveryOptionOfTheContract() {
    Map<String, List<String>> options =
        Map.of(
            "race",
            List.of("--model", "--data", "--pictures", "--epochs", "--seeds", "--json"),
            "rank",
            List.of("--data", "--cuts", "--json"),
            "data",
            List.of("DIR", "--model", "--preprocess", "--json", "--fix", "--backend"),
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
                "--exclude",
                "--tokenizer",
                "--preprocess",
                "--new-head",
                "--keep-head",
                "--freeze",
                "--unfreeze",
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
            List.of(
                "--model",
                "--labels",
                "--preprocess",
                "--top",
                "--explain",
                "--text",
                "--input",
                "--tokenizer",
                "--json"),
            "run",
            List.of("--input", "--output", "--backend"),
            "inspect",
            List.of("--json", "--stacktrace"),
            "convert",
            List.of("MODEL", "OUT", "--stacktrace"),
            "replay",
            List.of("RECEIPT.json", "--out", "--model", "--data"));
    options.forEach(
        (command, names) -> assertThat(graft(command, "--help").out()).as(command).contains(names));
  }

  @Test
  void helpOfDemoAndServe_namesTheirOptions() {
    assertThat(graft("demo", "--help").out()).contains("--out", "--pretrain", "--threads");
    assertThat(graft("serve", "--help").out()).contains("RUN|MODEL", "--port", "--bind");
  }

  @Test
  void graftAlone_andHelp_listTheCommands() {
    for (CommandRun help : List.of(graft(), graft("help"), graft("--help"))) {
      assertThat(help.code()).isZero();
      assertThat(help.out()).contains("train", "predict", "inspect").doesNotContain("error");
    }
    assertThat(graft("help", "train").out()).isEqualTo(graft("train", "--help").out());
  }

  @Test
  void mistypedCommandOrOption_getsASuggestion() {
    CommandRun command = graft("tain");
    assertThat(command.code()).isEqualTo(2);
    assertThat(command.err()).startsWith("error: unknown command tain; did you mean train");
    CommandRun option = graft("train", "--modle", "x");
    assertThat(option.code()).isEqualTo(2);
    assertThat(option.err()).startsWith("error: unknown option --modle; did you mean --model?");
  }

  @Test
  void requiredOptions_areMarked_andHelpFitsATerminal() {
    assertThat(graft("train", "--help").out())
        .containsPattern("\\* +--model=M")
        .containsPattern("\\* +--data=DIR")
        .contains("* is required");
    for (String name : names()) {
      assertThat(graft(name, "--help").out().lines()).as(name).allMatch(l -> l.length() <= 80);
    }
  }

  private static Set<String> names() {
    return new CommandLine(new Main()).getSubcommands().keySet();
  }

  @Test
  void version_saysTheJavaItRunsOn() {
    assertThat(graft("--version").out())
        .contains("graft ", Runtime.version().toString(), System.getProperty("java.home"));
  }

  @Test
  void completion_isAScriptThatKnowsTheCommands() {
    CommandRun completion = graft("completion");
    assertThat(completion.code()).isZero();
    assertThat(completion.out()).startsWith("#!/usr/bin/env bash").contains("distill", "--teacher");
  }

  /** The launchers pass the flags of the vectors, and the JVM warns of them, for these alone. */
  @Test
  void launchers_knowWhichCommandsCompute() throws IOException {
    String unix = Files.readString(Path.of("graft"));
    String windows = Files.readString(Path.of("graft.cmd"));
    new CommandLine(new Main())
        .getSubcommands()
        .forEach(
            (name, command) -> {
              boolean computes =
                  List.of("backends", "replay").contains(name)
                      || command.getCommandSpec().optionsMap().containsKey("--backend");
              Pattern unixWay = Pattern.compile("[ |]" + name + "( \\|.*)?\\) computes=true");
              assertThat(unixWay.matcher(unix).find()).as("graft: " + name).isEqualTo(computes);
              Pattern windowsWay = Pattern.compile("in \\((.* )?" + name + "( .*)?\\) do if \"%~1");
              assertThat(windowsWay.matcher(windows).find())
                  .as("graft.cmd: " + name)
                  .isEqualTo(computes);
            });
  }

  @Test
  void everyCommand_explainsItself() {
    Set<String> names = new CommandLine(new Main()).getSubcommands().keySet();
    assertThat(names).contains("train", "verify");
    for (String name : names) {
      CommandRun command = graft(name, "--help");
      assertThat(command.code()).isZero();
      assertThat(command.out()).contains("Usage: graft " + name);
      assertThat(graft("--help").out()).contains(name);
    }
    assertThat(graft("backends").out()).contains("java", "reference");
  }

  /** As of a variable that a script did not set: it is not the current folder. */
  @Test
  void anEmptyWord_isNoFile() {
    for (Object[] words :
        new Object[][] {
          {"inspect", ""},
          {"predict", "--model", "tests/samples/shapes.onnx", ""},
          {"train", "--model", "tests/samples/shapes.onnx", "--data", "tests", "--out", ""},
        }) {
      CommandRun run = graft(words);
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("expected a file or a folder, found an empty word");
    }
  }
}

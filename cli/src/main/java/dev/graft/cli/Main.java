package dev.graft.cli;

import dev.graft.cli.terminal.StandardOutput;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The {@code graft} command. */
@Command(
    name = "graft",
    description = {
      "Transfer learning in pure Java: take a trained network, give it a new head, fine-tune it on"
          + " your pictures, and export it."
    },
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    subcommands = {
      DemoCommand.class,
      TrainCommand.class,
      DistillCommand.class,
      ReplayCommand.class,
      EvaluateCommand.class,
      DataCommand.class,
      RankCommand.class,
      RaceCommand.class,
      CompareCommand.class,
      UnitsCommand.class,
      PredictCommand.class,
      ServeCommand.class,
      EmbedCommand.class,
      RunCommand.class,
      InspectCommand.class,
      VerifyCommand.class,
      ConvertCommand.class,
      BackendsCommand.class,
      TuneCommand.class,
      CompletionCommand.class,
      CommandLine.HelpCommand.class
    },
    footer = {
      "%nFirst steps:",
      "  graft demo",
      "  graft inspect model.onnx",
      "  graft train --model model.onnx --preprocess imagenet --data photos --out run",
      "  graft predict --model run/model.onnx photo.jpg"
    })
public final class Main implements Runnable {

  private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";

  @Spec private CommandSpec spec;

  /** Runs the command and exits: 0 well, 1 on an error, 2 on wrong usage. */
  public static void main(String[] args) {
    // The rare warning is one line, as errors are; by default it would take two.
    if (System.getProperty(LOG_FORMAT) == null) {
      System.setProperty(LOG_FORMAT, "%4$s: %5$s%6$s%n");
    }
    StandardOutput output = StandardOutput.install();
    System.exit(output.ended(execute(args)));
  }

  /** Runs the command and returns its exit code. */
  static int execute(String... args) {
    boolean stackTrace = List.of(args).contains("--stacktrace");
    CommandLine line = new CommandLine(new Main());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpWidth(80);
    line.registerConverter(Path.class, Main::path);
    line.getSubcommands().values().forEach(Main::markRequired);
    line.setParameterExceptionHandler((e, arguments) -> WrongUsage.report(e));
    line.setExecutionExceptionHandler((e, command, result) -> Errors.report(e, stackTrace));
    try {
      return line.execute(args);
    } catch (OutOfMemoryError | StackOverflowError e) {
      // Picocli hands on exceptions only.
      return Errors.report(e, stackTrace);
    }
  }

  /** An empty word would be the current folder: a variable of a script that is not set. */
  private static Path path(String word) {
    if (word.isEmpty()) {
      throw new TypeConversionException("expected a file or a folder, found an empty word");
    }
    return Path.of(word);
  }

  private static void markRequired(CommandLine command) {
    if (command.getCommandSpec().options().stream().anyMatch(option -> option.required())) {
      command
          .getCommandSpec()
          .usageMessage()
          .requiredOptionMarker('*')
          .optionListHeading("%nOptions (* is required):%n");
    }
  }

  /** Without a command there is nothing to do but to say what there is. */
  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }
}

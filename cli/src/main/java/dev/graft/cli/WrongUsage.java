package dev.graft.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** One clear line for a command line that cannot be understood, and where to read on. */
final class WrongUsage {

  private WrongUsage() {}

  /** Returns the exit code. */
  static int report(ParameterException e) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println("error: " + line(e));
    err.println("see " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return CommandLine.ExitCode.USAGE;
  }

  private static String line(ParameterException e) {
    List<String> unknown =
        e instanceof UnmatchedArgumentException unmatched
            ? unmatched.getUnmatched()
            : e.getCommandLine().getUnmatchedArguments();
    // What is missing is often there, but mistyped.
    if (!unknown.isEmpty() && (unknown.get(0).startsWith("-") || isCommand(e))) {
      String what = unknown.get(0).startsWith("-") ? "option " : "command ";
      return "unknown " + what + unknown.get(0) + suggestion(e.getCommandLine(), unknown);
    }
    return e.getMessage().lines().findFirst().orElse("wrong usage");
  }

  private static boolean isCommand(ParameterException e) {
    return !e.getCommandLine().getSubcommands().isEmpty();
  }

  private static String suggestion(CommandLine command, List<String> unknown) {
    List<String> similar = new UnmatchedArgumentException(command, unknown).getSuggestions();
    return similar.isEmpty() ? "" : "; did you mean " + String.join(" or ", similar) + "?";
  }
}

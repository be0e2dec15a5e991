package dev.graft.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code graft completion}: what a shell needs to complete the command line. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    description = {
      "Print a script that makes bash complete commands and options.",
      "Use it with 'source <(graft completion)'; zsh wants 'autoload -U +X bashcompinit &&"
          + " bashcompinit' before."
    })
final class CompletionCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    System.out.print(AutoComplete.bash("graft", spec.root().commandLine()));
    return 0;
  }
}

package dev.graft.cli;

import dev.graft.core.backend.Backends;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code graft backends}: what can compute here. */
@Command(
    name = "backends",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    description = "List what can compute here, which one 'auto' takes (*), and why.")
final class BackendsCommand implements Callable<Integer> {

  @Override
  public Integer call() {
    for (Backends.Description d : Backends.list()) {
      System.out.println(
          String.format(
              Locale.ROOT,
              "%s %-10s %-13s %s",
              d.chosenByAuto() ? "*" : " ",
              d.name(),
              d.available() ? "available" : "not available",
              d.reason()));
    }
    return 0;
  }
}

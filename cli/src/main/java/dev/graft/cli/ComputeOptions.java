package dev.graft.cli;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import picocli.CommandLine.Option;

/** Where to compute; shared by all commands that do. */
final class ComputeOptions {

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "what computes: auto, or one that 'graft backends' lists (default: auto)")
  private String backend;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads to use (default: all processors)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--stacktrace", description = "show where an error came from")
  private boolean stackTrace;

  Backend open() {
    return Backends.byName(backend, threads());
  }

  int threads() {
    if (threads < 1) {
      throw new UsageException("--threads must be at least 1, found " + threads);
    }
    return threads;
  }
}

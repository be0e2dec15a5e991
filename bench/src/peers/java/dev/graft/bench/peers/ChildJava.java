package dev.graft.bench.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Fresh processes of the same Java with the same flags, for what a warm one cannot show. */
final class ChildJava {

  /** The first JDK that keeps an archive by itself. */
  private static final int ARCHIVES = 19;

  private ChildJava() {}

  /** What a process said, and when. */
  record Answer(String line, double secondsToLine, double secondsToEnd) {}

  /**
   * Runs a main class of this package to its end.
   *
   * @param jars beginnings of the names of the jars it needs; empty for all
   * @return the first line that it printed
   * @throws IllegalStateException if it failed
   */
  static Answer run(List<String> jars, Class<?> main, String... arguments) {
    return answer(new ProcessBuilder(command(jars, main, arguments)));
  }

  /**
   * The same with an archive of the classes that the process loads, as the launcher has one for
   * commands that do little: the first process writes it when it ends, the next ones profit. The
   * JVM wants jars for that, so the class path of the benchmarks holds no folder.
   */
  static Answer runArchived(List<String> jars, Path archive, Class<?> main, String... arguments) {
    List<String> command = command(jars, main, arguments);
    if (Runtime.version().feature() >= ARCHIVES) {
      command.addAll(
          1,
          List.of(
              "-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + archive, "-Xlog:disable"));
    }
    return answer(new ProcessBuilder(command));
  }

  /** Runs any process to its end. */
  static Answer answer(ProcessBuilder builder) {
    long start = System.nanoTime();
    try {
      Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (BufferedReader reader = process.inputReader()) {
        String line = reader.readLine();
        double toLine = (System.nanoTime() - start) / 1e9;
        while (reader.readLine() != null) {
          // The rest is not of interest.
        }
        int status = process.waitFor();
        if (status != 0) {
          throw new IllegalStateException(
              "exit status " + status + " of " + String.join(" ", builder.command()));
        }
        return new Answer(line == null ? "" : line, toLine, (System.nanoTime() - start) / 1e9);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The command line of such a process. */
  static List<String> command(List<String> jars, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.startsWith("ai.djl.")) {
        command.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    command.add("-cp");
    command.add(
        Arrays.stream(System.getProperty("java.class.path").split(java.io.File.pathSeparator))
            .filter(entry -> needed(Path.of(entry).getFileName().toString(), jars))
            .collect(Collectors.joining(java.io.File.pathSeparator)));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  private static boolean needed(String entry, List<String> jars) {
    return jars.isEmpty()
        || entry.startsWith("graft-bench")
        || jars.stream().anyMatch(entry::startsWith);
  }
}

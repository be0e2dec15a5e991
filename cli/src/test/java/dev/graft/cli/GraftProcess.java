package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The command in a JVM of its own, without the flags that the launcher passes.
 *
 * @param folder where its output goes
 */
record GraftProcess(Path folder) {

  /** The first Java that warns of native libraries which nobody allowed. */
  private static final int NATIVE_ACCESS_SINCE = 22;

  /**
   * Starts the command.
   *
   * @param before words of the command line before those of java
   * @param flags of the JVM
   */
  Process start(List<String> before, List<String> flags, Object... arguments) throws IOException {
    List<String> words = new ArrayList<>(before);
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Djava.awt.headless=true", "-XX:-UsePerfData"));
    if (Runtime.version().feature() >= NATIVE_ACCESS_SINCE) {
      // The jar's manifest asks for it.
      words.add("--enable-native-access=ALL-UNNAMED");
    }
    words.addAll(flags);
    words.add("-cp");
    String own = System.getProperty("java.class.path");
    words.add(System.getProperty("surefire.test.class.path", own));
    words.add(Main.class.getName());
    Stream.of(arguments).map(Object::toString).forEach(words::add);
    return new ProcessBuilder(words)
        .redirectError(folder.resolve("err").toFile())
        .redirectOutput(folder.resolve("out").toFile())
        .start();
  }

  /** Waits for its end. */
  CommandRun finish(Process process) throws IOException, InterruptedException {
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ends").isTrue();
    return new CommandRun(
        process.exitValue(),
        Files.readString(folder.resolve("out")),
        Files.readString(folder.resolve("err")));
  }
}

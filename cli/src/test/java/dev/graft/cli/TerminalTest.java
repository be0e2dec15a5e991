package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands on a terminal in the end, where lines and the progress bar share one screen. */
class TerminalTest {

  private static final Path SCRIPT = Path.of("/usr/bin/script");

  @TempDir private Path folder;

  /** What a terminal shows of the bytes: returns and erasures are all that is used. */
  private static List<String> screen(String bytes) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    int column = 0;
    String text = bytes.replace("\u001b[2K", "\u0000");
    for (char c : text.toCharArray()) {
      if (c == '\n') {
        lines.add(line.toString().stripTrailing());
        line.setLength(0);
        column = 0;
      } else if (c == '\r') {
        column = 0;
      } else if (c == 0) {
        line.setLength(0);
      } else {
        while (line.length() < column) {
          line.append(' ');
        }
        line.replace(column, Math.min(column + 1, line.length()), String.valueOf(c));
        column++;
      }
    }
    lines.add(line.toString());
    return lines;
  }

  private List<String> train() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(SCRIPT), "needs script of util-linux");
    List<String> before =
        List.of(
            "/bin/bash",
            "-c",
            "printf -v words '%q ' \"$@\"; exec script -qefc \"$words\" /dev/null </dev/null",
            "bash");
    List<Object> words =
        new ArrayList<>(List.of("train", "--model", "tests/samples/shapes.onnx", "--data"));
    words.addAll(List.of("tests/samples/symbols", "--out", folder.resolve("run"), "--backend"));
    words.addAll(List.of("java", "--epochs", 6));
    GraftProcess graft = new GraftProcess(folder);
    List<String> flags = List.of("-Xmx512m", "-Dgraft.terminal=true", "-Dstdout.encoding=UTF-8");
    CommandRun run = graft.finish(graft.start(before, flags, words.toArray()));
    assertThat(run.code()).as(run.out() + run.err()).isZero();
    assertThat(run.out()).as("a bar was shown").contains("\u001b[2K");
    // The JVM has words of its own for some flags and libraries.
    return screen(run.out()).stream()
        .filter(line -> !line.matches("(WARNING|OpenJDK .*warning): .*"))
        .toList();
  }

  @Test
  void epochs_stayOnTheScreen_andNoLineIsTooLong() throws IOException, InterruptedException {
    List<String> screen = train();
    List<String> epochs =
        screen.stream().filter(line -> line.matches(" +[0-9]+  (head|all) .*")).toList();
    assertThat(epochs).as(String.join("\n", screen)).hasSize(6);
    assertThat(screen).allMatch(line -> line.length() <= 80);
    assertThat(screen).anyMatch(line -> line.startsWith("* marks the lowest"));
    assertThat(screen).noneMatch(line -> line.contains("\u2588") || line.contains("it/s"));
    assertThat(screen).last().asString().isEmpty();
  }

  @Test
  void longLines_breakBetweenWords() {
    assertThat(Screen.wrapped("short")).isEqualTo("short");
    String word = "word ".repeat(40).strip();
    assertThat(Screen.wrapped(word).lines()).allMatch(line -> line.length() <= 80);
    assertThat(Screen.wrapped(word).replace("\n ", "")).isEqualTo(word);
    assertThat(Screen.wrapped("x".repeat(100))).isEqualTo("x".repeat(100));
  }
}

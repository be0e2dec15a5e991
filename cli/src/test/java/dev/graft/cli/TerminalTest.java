package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.cli.terminal.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands on a terminal in the end, where lines and the progress bar share one screen. */
class TerminalTest {

  private static final Path SCRIPT = Path.of("/usr/bin/script");

  /** The recorded sessions; written anew with {@code -Dgraft.record=true}, to be looked at. */
  private static final Path RECORDED = Path.of("cli/src/test/resources/dev/graft/cli/terminal");

  @TempDir private Path folder;

  /**
   * A terminal: its lines, and what a program writes. Returns and erasures are all that is used.
   */
  private static List<String> screen(String bytes, int columns) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    int column = 0;
    String text = bytes.replace("\u001b[2K", "\u0000");
    for (char c : text.toCharArray()) {
      boolean isFull = column == columns && c != '\n' && c != '\r';
      if (c == '\n' || isFull) {
        lines.add(line.toString().stripTrailing());
        line.setLength(0);
        column = 0;
      }
      if (c == '\r') {
        column = 0;
      } else if (c == 0) {
        line.setLength(0);
      } else if (c != '\n') {
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

  private List<String> train(int rows, int columns) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(SCRIPT), "needs script of util-linux");
    String size = "stty rows " + rows + " cols " + columns;
    List<String> before =
        List.of(
            "/bin/bash",
            "-c",
            "printf -v words '%q ' \"$@\"; exec script -qefc '"
                + size
                + "; '\"$words\" /dev/null </dev/null",
            "bash");
    List<Object> words =
        new ArrayList<>(List.of("train", "--model", "tests/samples/shapes.onnx", "--data"));
    words.addAll(List.of("tests/samples/symbols", "--out", folder.resolve("run"), "--backend"));
    words.addAll(List.of("java", "--recipe", "staged", "--epochs", 6));
    GraftProcess graft = new GraftProcess(folder);
    List<String> flags =
        List.of(
            "-Xmx512m",
            "-Dgraft.terminal=true",
            "-Dgraft.columns=" + columns,
            "-Dstdout.encoding=UTF-8");
    CommandRun run = graft.finish(graft.start(before, flags, words.toArray()));
    assertThat(run.code()).as(run.out() + run.err()).isZero();
    assertThat(run.out()).as("a bar was shown").contains("\u001b[2K");
    // The JVM has words of its own for some flags and libraries.
    String own = run.out().replaceAll("(?m)^(WARNING|OpenJDK .*warning): .*\\R", "");
    return screen(own, columns).stream()
        .map(line -> line.replace(folder.toString(), "FOLDER"))
        .map(TerminalTest::withoutNumbers)
        .toList();
  }

  /** What a line looks like whatever was learnt, and how fast. */
  private static String withoutNumbers(String line) {
    return Pattern.compile("(?<=[0-9]  (head|all)) +[0-9.e-]+")
        .matcher(line)
        .replaceAll(rate -> " ".repeat(rate.group().length() - 4) + "RATE")
        .replaceAll("rate [0-9.e-]+", "rate RATE")
        .replace("% *", "%  ")
        .replaceAll("[0-9]+(?=[.][0-9] s?$)", "0")
        .replaceAll("[0-9]", "0");
  }

  @ParameterizedTest
  @CsvSource({"24, 80", "50, 200"})
  void session_looksAsRecorded(int rows, int columns) throws IOException, InterruptedException {
    List<String> screen = train(rows, columns);
    Path recorded = RECORDED.resolve("train-" + columns + "x" + rows + ".txt");
    if (Boolean.getBoolean("graft.record")) {
      Files.write(recorded, screen);
    }
    assertThat(screen).allMatch(line -> line.length() <= columns);
    assertThat(screen).containsExactlyElementsOf(Files.readAllLines(recorded));
  }

  @Test
  void longLines_breakBetweenWords() {
    assertThat(Screen.wrapped("short", 80)).isEqualTo("short");
    String word = "word ".repeat(40).strip();
    assertThat(Screen.wrapped(word, 80).lines()).allMatch(line -> line.length() <= 80);
    assertThat(Screen.wrapped(word, 80).replace("\n ", "")).isEqualTo(word);
    assertThat(Screen.wrapped(word, 200)).isEqualTo(word);
    assertThat(Screen.wrapped("x".repeat(100), 80)).isEqualTo("x".repeat(100));
  }
}

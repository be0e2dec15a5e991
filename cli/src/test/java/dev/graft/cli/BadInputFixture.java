package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Each wrong input is one clear line and exit code 1, and leaves no model behind. */
abstract class BadInputFixture {

  protected static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  protected static final Path DATA = Path.of("tests/samples/symbols");

  @TempDir protected Path folder;
  protected Path run;

  @BeforeEach
  void nameTheRun() {
    run = folder.resolve("run");
  }

  protected CommandRun train(Path model, Path data, Object... more) {
    Object[] start = {"train", "--model", model, "--data", data, "--out", run, "--epochs", 2};
    Object[] all = Arrays.copyOf(start, start.length + more.length);
    System.arraycopy(more, 0, all, start.length, more.length);
    return graft(all);
  }

  protected void refused(CommandRun command, String... parts) {
    assertThat(command.code()).as(command.err()).isEqualTo(1);
    assertThat(command.errors()).hasSize(1);
    assertThat(command.err())
        .startsWith("error: ")
        .contains(parts)
        .doesNotContain("fault of graft");
    assertThat(run.resolve("model.onnx")).doesNotExist();
  }

  protected Path file(String name, byte... contents) throws IOException {
    return Files.write(folder.resolve(name), contents);
  }
}

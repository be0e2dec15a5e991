package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.cli.option.UsageException;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.recipe.Recipe;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Whose fault is said to be what went wrong. */
class ErrorsTest {

  @Test
  void refusedArgumentFromInside_isAFaultOfGrafts() {
    assertThat(report(new IllegalArgumentException("from 9 to 3")))
        .startsWith("error: this is a fault of graft's: IllegalArgumentException: from 9 to 3");
  }

  @Test
  void refusedValueOfAnOption_isTheUsers() {
    assertThatThrownBy(
            () -> UsageException.ofOptions(() -> Settings.of(Recipe.HEAD, 1).batchSize(0)))
        .isInstanceOf(UsageException.class)
        .satisfies(e -> assertThat(report(e)).startsWith("error: the batch size must be at least"));
  }

  private static String report(Throwable e) {
    PrintStream before = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      assertThat(Errors.report(e, false)).isEqualTo(1);
    } finally {
      System.setErr(before);
    }
    return said.toString(StandardCharsets.UTF_8);
  }
}

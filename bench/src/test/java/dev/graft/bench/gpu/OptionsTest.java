package dev.graft.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OptionsTest {

  @Test
  void options_areRead() {
    assertThat(Options.parse())
        .isEqualTo(
            new Options(
                "",
                Options.Scale.FULL,
                false,
                Set.copyOf(Works.NAMES),
                Path.of("bench/target/gpu.json")));
    assertThat(
            Options.parse(
                "--device", "1", "--quick", "--profile", "--only", "sgemm,sgemm", "--json", "x"))
        .isEqualTo(new Options("1", Options.Scale.QUICK, true, Set.of("sgemm"), Path.of("x")));
  }

  @Test
  void wrongUsage_isNamed() {
    assertWrong("unknown option --fast; see bench/gpu --help", "--fast");
    assertWrong("--device wants a value; see bench/gpu --help", "--quick", "--device");
    assertWrong("unknown work lstm; known are sgemm, gemm-tf32", "--only", "sgemm,lstm");
  }

  private static void assertWrong(String message, String... args) {
    assertThatThrownBy(() -> Options.parse(args))
        .isInstanceOf(Options.UsageException.class)
        .hasMessageStartingWith(message);
  }
}

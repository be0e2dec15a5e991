package dev.graft.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.kernels.opencl.device.OpenClDevice.Type;
import dev.graft.kernels.opencl.device.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever python3 turns out to be, the rows go on without it. */
class PyTorchTest {

  private static final Work WORK = new SgemmWork(16, Precision.FLOAT32);

  /** Enough for a busy machine; only what hangs waits for it. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @BeforeEach
  void aShell() {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a shell to play PyTorch");
  }

  private static PyTorch played(String script, Duration limit) {
    return PyTorch.start(
        List.of("/bin/sh", "-c", script), PeakTest.device("x", Type.CPU, 2, 1, 0), limit);
  }

  @Test
  void answers_becomeSeconds_andAnErrorCostsOneRow() {
    String script =
        """
        echo '{"name":"Played 1"}'
        read line; printf '%s\\n' '{"error":"OutOfMemoryError: too large\\nand more"}'
        read line; echo '{"seconds":0.25}'
        """;
    try (PyTorch peer = played(script, LIMIT)) {
      assertThat(peer.name()).isEqualTo("Played 1");
      assertThat(peer.seconds(WORK)).isNull();
      assertThat(peer.problem()).isEqualTo("no peer: OutOfMemoryError: too large");
      assertThat(peer.seconds(WORK)).isEqualTo(0.25);
      assertThat(peer.problem()).isNull();
    }
  }

  @Test
  void withoutPyTorch_thePeerSaysSo() {
    assertProblem("echo '{\"absent\":\"python3 has no PyTorch\"}'", "python3 has no PyTorch");
  }

  @Test
  void aPythonThatFails_isQuoted() {
    assertProblem("echo first >&2; echo 'OSError: libcuda' >&2; exit 1", "OSError: libcuda");
    assertProblem("exit 1", "it ended without an answer");
    assertProblem("echo hello", "its answer is no JSON");
    assertProblem("echo '[]'", "it does not say what it is");
  }

  @Test
  void aPythonThatHangs_isEnded() {
    try (PyTorch peer = played("sleep 600 & wait", Duration.ofMillis(300))) {
      assertThat(peer.summary()).startsWith("no peer: no answer within");
      assertThat(peer.seconds(WORK)).isNull();
    }
  }

  @Test
  void aPythonThatDies_endsThePeer() {
    try (PyTorch peer = played("echo '{\"name\":\"Played 1\"}'; read line; exit 3", LIMIT)) {
      assertThat(peer.seconds(WORK)).isNull();
      assertThat(peer.problem()).isEqualTo("no peer: it ended without an answer");
      assertThat(peer.seconds(WORK)).isNull();
      assertThat(peer.problem()).as("said once").isNull();
    }
  }

  @Test
  void noPython_isNoError() {
    try (PyTorch peer =
        PyTorch.start(List.of("/no/python3"), PeakTest.device("x", Type.CPU, 2, 1, 0), LIMIT)) {
      assertThat(peer.summary()).startsWith("no peer: /no/python3 cannot be started");
    }
  }

  private static void assertProblem(String script, String problem) {
    try (PyTorch peer = played(script, LIMIT)) {
      assertThat(peer.name()).isNull();
      assertThat(peer.problem()).isEqualTo("no peer: " + problem);
      assertThat(peer.summary()).isEqualTo(peer.problem());
    }
  }
}

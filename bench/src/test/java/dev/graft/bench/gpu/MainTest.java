package dev.graft.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.bench.OpenCl;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.device.Precision;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The whole of bench/gpu on small sizes: nothing here is about time. */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class MainTest {

  private static final List<String> NONE = List.of("/no/python3");

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);

  @TempDir private Path folder;

  @BeforeEach
  void aDevice() {
    OpenCl.assumed();
  }

  @Test
  void everyWork_becomesARow_withoutAPeer() throws IOException {
    Path json = folder.resolve("deeper/gpu.json");
    assertThat(Main.run(NONE, out, "--tiny", "--profile", "--json", json.toString())).isZero();
    JsonNode rows = new ObjectMapper().readTree(json.toFile());
    Set<String> works = new LinkedHashSet<>();
    for (JsonNode row : rows) {
      works.add(row.get("work").asText());
      assertThat(row.fieldNames())
          .toIterable()
          .containsExactly(
              "work",
              "shape",
              "batch",
              "device",
              "graft",
              "graftDevice",
              "peer",
              "peerName",
              "unit",
              "ratio",
              "flops",
              "bytes",
              "peak",
              "ofPeak");
      assertThat(row.get("graft").asDouble()).isPositive();
      assertThat(row.get("graftDevice").asDouble()).isPositive();
      assertThat(row.get("flops").asLong()).isPositive();
      assertThat(row.get("bytes").asLong()).isPositive();
      assertThat(row.get("peer").isNull() && row.get("ratio").isNull()).isTrue();
    }
    List<String> run = new ArrayList<>(Works.NAMES);
    for (Precision precision : List.of(Precision.TF32, Precision.BF16)) {
      if (precision.problem(OpenClDevices.named("")).isPresent()) {
        run.remove("gemm-" + precision.word());
        assertThat(said.toString(StandardCharsets.UTF_8))
            .containsPattern(
                "gemm-"
                    + precision.word()
                    + " +16\\^3 +not run: .* needs an NVIDIA GPU of compute capability 8.0");
      }
    }
    assertThat(works).containsExactlyElementsOf(run);
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("peer:   no peer: /no/python3 cannot be started", "launches", "| of peak |");
    assertThat(Files.list(json.getParent())).containsExactly(json);
  }

  @Test
  void aPeer_givesARatio() throws IOException {
    Path json = folder.resolve("gpu.json");
    String script = "echo '{\"name\":\"Played\"}'; read line; echo '{\"seconds\":2.0}'";
    assertThat(
            Main.run(
                List.of("/bin/sh", "-c", script),
                out,
                "--tiny",
                "--only",
                "sgemm",
                "--json",
                json.toString()))
        .isZero();
    JsonNode row = new ObjectMapper().readTree(json.toFile()).get(0);
    // 2 x 16^3 operations in two seconds.
    assertThat(row.get("peer").asDouble()).isCloseTo(4096e-9, within(1e-12));
    assertThat(row.get("ratio").asDouble())
        .isCloseTo(row.get("graft").asDouble() / row.get("peer").asDouble(), within(1e-3));
    assertThat(row.get("peerName").asText()).isEqualTo("Played");
  }

  @Test
  void wrongUsage_andADeviceThatIsNotThere_haveTheirExitStatus() {
    assertThat(Main.run(NONE, out, "--fast")).isEqualTo(2);
    assertThat(Main.run(NONE, out, "--tiny", "--device", "no such device")).isEqualTo(1);
  }
}

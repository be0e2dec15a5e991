package dev.graft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.cli.receipt.Receipt;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class DemoTest {

  /** Of five seeds the steps differ by more than their spread; one shows them too. */
  @Test
  void everyStepPays_andThePageIsSmall() {
    try (Backend backend = Backends.byName(Backends.AUTO, 2)) {
      Findings findings = new Demo(backend, 2, 1, line -> {}).run();
      List<Summary> ways = findings.summaries();
      assertThat(ways.get(2).accuracy()).isGreaterThan(ways.get(0).accuracy() + 8);
      assertThat(ways.get(2).accuracy()).isGreaterThan(ways.get(1).accuracy() + 4);
      assertThat(ways.get(0).trained()).isEqualTo(ways.get(2).trained());
      assertThat(ways.get(1).trained()).isEqualTo(8 * 96 + 8);
      // Half of the width is a quarter of the weights, but for the edges of the network.
      assertThat(ways.get(3).trained()).isCloseTo(ways.get(2).trained() / 4, within(1000L));
      assertThat(findings.table()).hasSize(5).allMatch(line -> line.length() <= 80);
      byte[] page = DemoReport.page(findings).bytes();
      assertThat(page.length).isLessThan(2_000_000);
    }
  }

  @Test
  void sentence_saysWhatIsNoMoreThanTheSpread() {
    Summary less = new Summary(Way.HEAD, 70, 3, 1, 1);
    assertThat(new Summary(Way.STAGED, 80, 2, 1, 1).against(less, "Tuning"))
        .isEqualTo("Tuning: +10.0 points, where the seeds differ by 3.0.");
    assertThat(new Summary(Way.STAGED, 72, 2, 1, 1).against(less, "Tuning"))
        .isEqualTo("Tuning shows nothing here: +2.0 points, where the seeds differ by 3.0.");
  }

  @Test
  void receiptThatShips_isThatOfTheNetworkThatShips() throws IOException, NoSuchAlgorithmException {
    byte[] trunk;
    try (InputStream in = Trunk.class.getResourceAsStream("trunk.onnx")) {
      trunk = in.readAllBytes();
    }
    assertThat(trunk.length).isLessThan(2_000_000);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(trunk);
    Receipt receipt = Receipt.of(Trunk.receipt());
    assertThat(receipt.text("model")).isEqualTo(HexFormat.of().formatHex(hash));
    assertThat(receipt.text("backend")).isEqualTo(Pretraining.BACKEND);
  }
}

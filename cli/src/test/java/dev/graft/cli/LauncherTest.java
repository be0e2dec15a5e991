package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script that starts Java, with a Java that only tells what it was given. */
class LauncherTest {

  private static final Path SCRIPT = Path.of("graft");

  @TempDir private Path folder;

  @BeforeEach
  void makeACheckout() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
    assumeTrue(said("locale", "-a").lines().anyMatch("C.utf8"::equals), "needs C.UTF-8");
    Files.copy(SCRIPT, folder.resolve("graft"));
    Path jar = folder.resolve("cli/target/graft/graft.jar");
    Files.createDirectories(jar.getParent());
    Files.createFile(jar);
    Path java = folder.resolve("java/bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, "#!/bin/sh\nprintf '%s' \"${LC_ALL-unset}\"\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(folder.resolve("java/release"), "JAVA_VERSION=\"17.0.1\"\n");
  }

  private static String said(String... words) throws IOException {
    Process process = new ProcessBuilder(words).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /**
   * The LC_ALL that Java is started with where the environment has these settings and no others.
   */
  private String localeOfJava(String... settings) throws IOException {
    List<String> words = new ArrayList<>(List.of("env", "-u", "LC_ALL", "-u", "LC_CTYPE"));
    words.addAll(List.of(settings));
    words.add("GRAFT_JAVA=" + folder.resolve("java"));
    words.addAll(List.of("/bin/bash", folder.resolve("graft").toString(), "backends"));
    return said(words.toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"LC_ALL=C", "LC_ALL=POSIX", "LANG=", "LC_ALL=xx_YY.UTF-8", "LC_CTYPE=C"})
  void aLocaleThatIsAscii_orMissing_becomesUtf8(String setting) throws IOException {
    assertThat(localeOfJava(setting)).isEqualTo("C.UTF-8");
  }

  @Test
  void aLocaleThatIsUtf8_stays() throws IOException {
    assertThat(localeOfJava("LC_ALL=C.utf8")).isEqualTo("C.utf8");
    assertThat(localeOfJava("LANG=C.UTF-8")).isEqualTo("unset");
  }
}

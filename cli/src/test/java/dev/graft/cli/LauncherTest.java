package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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
    script("java/bin/java", "printf '%s' \"${LC_ALL-unset}\"");
    Files.writeString(folder.resolve("java/release"), "JAVA_VERSION=\"17.0.1\"\n");
  }

  private Path script(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/bash\n" + String.join("\n", lines) + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
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

  @Test
  void theTerminalsWidth_reachesJava() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "needs script of util-linux");
    script("java/bin/java", "echo \"$*\"");
    String command =
        "stty rows 50 cols 133; GRAFT_JAVA="
            + folder.resolve("java")
            + " /bin/bash "
            + folder.resolve("graft")
            + " backends";
    assertThat(said("script", "-qefc", command, "/dev/null"))
        .contains("-Dgraft.terminal=true", "-Dgraft.columns=133 ");
    assertThat(said("/bin/bash", "-c", command.substring(command.indexOf("GRAFT")) + " 2>&1 | cat"))
        .doesNotContain("graft.terminal");
  }

  /** Sources that are older than what was built of them, and a build that notes that it ran. */
  private Path makeSources() throws IOException {
    Path source = folder.resolve("core/src/main/java/dev/graft/core/A.java");
    Files.createDirectories(source.getParent());
    Files.createFile(source);
    Files.createFile(folder.resolve("pom.xml"));
    script("java/bin/javac");
    script("java/bin/java", "cat built 2>/dev/null || echo none");
    script("mvnw", "echo built >> built", "touch cli/target/graft/graft.jar");
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.toList()) {
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000));
      }
    }
    touch(folder.resolve("cli/target/graft/graft.jar"), 1_100_000_000);
    return source;
  }

  private static void touch(Path file, long millis) throws IOException {
    Files.setLastModifiedTime(file, FileTime.fromMillis(millis));
  }

  private int builds() throws IOException {
    ProcessBuilder launcher =
        new ProcessBuilder("/bin/bash", folder.resolve("graft").toString(), "inspect");
    launcher.environment().put("GRAFT_JAVA", folder.resolve("java").toString());
    Process process =
        launcher.directory(folder.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return (int) said.lines().filter("built"::equals).count();
  }

  @Test
  void anEdit_orALostFile_buildsAgain_once() throws IOException {
    Path source = makeSources();
    assertThat(builds()).as("as it was built").isZero();
    touch(source, 1_200_000_000);
    assertThat(builds()).as("after an edit").isEqualTo(1);
    assertThat(builds()).as("again").isEqualTo(1);
    Files.delete(source);
    touch(folder.resolve("cli/target/graft/graft.jar"), 1_300_000_000);
    assertThat(builds()).as("after a file is lost").isEqualTo(2);
    touch(folder.resolve("pom.xml"), System.currentTimeMillis() + 1_000_000);
    assertThat(builds()).as("after another library").isEqualTo(3);
  }
}

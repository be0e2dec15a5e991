package dev.graft.tests.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.BackendProvider;
import dev.graft.core.backend.Backends;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lookup of backends by name. */
class BackendsTest {

  @Test
  void auto_takesTheFirstAvailable_neverTheReference() {
    List<Backends.Description> chosen =
        Backends.list().stream().filter(Backends.Description::chosenByAuto).toList();
    assertThat(chosen).hasSize(1);
    assertThat(chosen.get(0).available()).isTrue();
    try (Backend backend = Backends.byName(Backends.AUTO, 1)) {
      assertThat(backend.name()).isEqualTo(chosen.get(0).name()).isNotEqualTo("reference");
    }
  }

  @Test
  void everyBackend_opensUnderItsName_andSaysWhatItIs() {
    assertThat(ContractBackends.names()).contains("java", "reference");
    for (Backends.Description description : Backends.list()) {
      assertThat(description.reason()).isNotBlank().doesNotContain("\n");
      if (description.available()) {
        try (Backend backend = Backends.byName(description.name(), 1)) {
          assertThat(backend.name()).isEqualTo(description.name());
          assertThat(backend.threads()).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void unknownName_namesTheKnownOnes() {
    assertThatThrownBy(() -> Backends.byName("fpga", 1))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("fpga")
        .hasMessageContaining("auto, ")
        .hasMessageContaining("reference");
  }

  @Test
  void brokenProvider_doesNotTakeTheOthersDown(@TempDir Path folder) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(BackendProvider.class.getName()), "no.such.Provider\n");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {url(folder)}, before)) {
      thread.setContextClassLoader(loader);
      assertThat(ContractBackends.names()).contains("java", "reference");
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Better than all others, if only the JVM were started with a flag. */
  public static final class Missed implements BackendProvider {
    @Override
    public String name() {
      return "missed";
    }

    @Override
    public int priority() {
      return 1000;
    }

    @Override
    public Availability availability() {
      return new Availability(false, "start java with --flag", true);
    }

    @Override
    public Backend open(int threads) {
      throw new AssertionError("not available");
    }
  }

  /** No fault of whoever started the JVM: nothing to warn of. */
  public static final class Absent implements BackendProvider {
    @Override
    public String name() {
      return "absent";
    }

    @Override
    public int priority() {
      return 1001;
    }

    @Override
    public Availability availability() {
      return new Availability(false, "no such device");
    }

    @Override
    public Backend open(int threads) {
      throw new AssertionError("not available");
    }
  }

  @Test
  void auto_warnsOnce_ofABackendThatAFlagWouldHelp(@TempDir Path folder) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(BackendProvider.class.getName()),
        Missed.class.getName() + "\n" + Absent.class.getName() + "\n");
    List<String> warnings = new ArrayList<>();
    Handler listener =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            if (record.getLevel().intValue() >= Level.INFO.intValue()) {
              warnings.add(new SimpleFormatter().formatMessage(record));
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(Backends.class.getName());
    logger.addHandler(listener);
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {url(folder)}, before)) {
      thread.setContextClassLoader(loader);
      for (int i = 0; i < 3; i++) {
        Backends.byName(Backends.AUTO, 1).close();
      }
    } finally {
      thread.setContextClassLoader(before);
      logger.removeHandler(listener);
    }
    assertThat(warnings).singleElement().asString().contains("missed", "start java with --flag");
  }

  private static URL url(Path folder) throws MalformedURLException {
    return folder.toUri().toURL();
  }
}

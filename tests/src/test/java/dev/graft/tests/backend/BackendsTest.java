package dev.graft.tests.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.BackendProvider;
import dev.graft.core.backend.Backends;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
          // A device's compute units are not the caller's threads.
          assertThat(backend.threads()).matches(n -> backend.onHeap() ? n == 1 : n >= 1);
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

  /** Plug-in hosts and servers give threads a loader that knows nothing of Graft. */
  @Test
  void backendsBesideGraft_areFound_whateverTheLoaderOfTheThread() {
    List<String> names = ContractBackends.names().toList();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      for (ClassLoader loader :
          Arrays.asList(null, ClassLoader.getPlatformClassLoader(), new ClassLoader(before) {})) {
        thread.setContextClassLoader(loader);
        assertThat(ContractBackends.names())
            .isEqualTo(names)
            .contains("simd")
            .doesNotHaveDuplicates();
      }
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void auto_saysOnce_whatIsMissing_whereCoreIsAlone() throws Exception {
    URL core = Backends.class.getProtectionDomain().getCodeSource().getLocation();
    List<String> warnings = new ArrayList<>();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    Listening listening = new Listening(warnings);
    try (listening;
        URLClassLoader alone =
            new URLClassLoader(new URL[] {core}, ClassLoader.getPlatformClassLoader())) {
      thread.setContextClassLoader(alone);
      Method open =
          alone.loadClass(Backends.class.getName()).getMethod("byName", String.class, int.class);
      for (int i = 0; i < 2; i++) {
        ((AutoCloseable) open.invoke(null, Backends.AUTO, 1)).close();
      }
    } finally {
      thread.setContextClassLoader(before);
    }
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("graft-kernels", "--add-modules jdk.incubator.vector");
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
    List<String> warnings = new ArrayList<>();
    withProviders(
        folder,
        List.of(Missed.class, Absent.class),
        () -> {
          Listening listening = new Listening(warnings);
          try (listening) {
            for (int i = 0; i < 3; i++) {
              Backends.byName(Backends.AUTO, 1).close();
            }
          }
        });
    assertThat(warnings).singleElement().asString().contains("missed", "start java with --flag");
  }

  /** Works when asked for by name, but is nothing that auto should take. */
  public static final class Slow implements BackendProvider {

    static int asked;

    @Override
    public String name() {
      return "slow";
    }

    @Override
    public int priority() {
      return 1002;
    }

    @Override
    public Availability availability() {
      asked++;
      return new Availability(true, "works");
    }

    @Override
    public Availability forAuto() {
      return new Availability(false, "no gain");
    }

    @Override
    public Backend open(int threads) {
      return Backends.byName("java", threads);
    }
  }

  /** Seems to work, until it is opened. */
  public static final class Deceptive implements BackendProvider {
    @Override
    public String name() {
      return "deceptive";
    }

    @Override
    public int priority() {
      return 1003;
    }

    @Override
    public Availability availability() {
      return new Availability(true, "works");
    }

    @Override
    public Backend open(int threads) {
      throw new BackendException("a kernel does not build");
    }
  }

  @Test
  void auto_asksOnlyWhetherItMayTakeABackend(@TempDir Path folder) throws IOException {
    withProviders(
        folder,
        List.of(Slow.class),
        () -> {
          Slow.asked = 0;
          Backends.byName(Backends.AUTO, 1).close();
          Backends.byName("java", 1).close();
          assertThat(Slow.asked).isZero();
          Backends.byName("slow", 1).close();
          assertThat(Slow.asked).isEqualTo(1);
          assertThat(Backends.list())
              .filteredOn(d -> d.name().equals("slow"))
              .singleElement()
              .matches(d -> d.available() && !d.chosenByAuto());
        });
  }

  @Test
  void auto_fallsBack_whereABackendDoesNotOpen_andByNameDoesNot(@TempDir Path folder)
      throws IOException {
    List<String> warnings = new ArrayList<>();
    withProviders(
        folder,
        List.of(Deceptive.class),
        () -> {
          Listening listening = new Listening(warnings);
          try (listening) {
            for (int i = 0; i < 2; i++) {
              Backends.byName(Backends.AUTO, 1).close();
            }
          }
          assertThatThrownBy(() -> Backends.byName("deceptive", 1))
              .isInstanceOf(BackendException.class)
              .hasMessage("a kernel does not build");
        });
    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("deceptive", "a kernel does not build");
  }

  private static void withProviders(
      Path folder, List<Class<? extends BackendProvider>> providers, Runnable body)
      throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.write(
        services.resolve(BackendProvider.class.getName()),
        providers.stream().map(Class::getName).toList());
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {url(folder)}, before)) {
      thread.setContextClassLoader(loader);
      body.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Gathers what Backends warns of. */
  private static final class Listening extends Handler implements AutoCloseable {

    private final Logger logger = Logger.getLogger(Backends.class.getName());
    private final List<String> warnings;

    Listening(List<String> warnings) {
      this.warnings = warnings;
      logger.addHandler(this);
    }

    @Override
    public void publish(LogRecord record) {
      if (record.getLevel().intValue() >= Level.INFO.intValue()) {
        warnings.add(new SimpleFormatter().formatMessage(record));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      logger.removeHandler(this);
    }
  }

  private static URL url(Path folder) throws MalformedURLException {
    return folder.toUri().toURL();
  }
}

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
import java.util.List;
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

  private static URL url(Path folder) throws MalformedURLException {
    return folder.toUri().toURL();
  }
}

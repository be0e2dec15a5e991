package dev.graft.core.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The catalogue is complete, and its names are unique, since the random numbers follow them. */
class OpCasesTest {

  @Test
  void everyOp_hasACase() throws Exception {
    Set<String> tried =
        OpCases.all().stream().map(c -> c.op().getClass().getName()).collect(Collectors.toSet());
    assertThat(ops()).hasSizeGreaterThan(30).isSubsetOf(tried);
  }

  @Test
  void names_areUnique() {
    List<String> names = OpCases.all().stream().map(OpCase::name).toList();
    assertThat(names).doesNotHaveDuplicates();
  }

  @Test
  void shapes_fitWhatForwardWrites() {
    for (OpCase c : OpCases.all()) {
      assertThat(c.op().outputShapes(c.shapes())).as(c.toString()).isNotEmpty();
    }
  }

  /** The compiled operations of the package: what is written, not what somebody listed. */
  private static Set<String> ops() throws IOException, URISyntaxException {
    Path folder =
        Path.of(Objects.requireNonNull(Op.class.getResource("Op.class")).toURI()).getParent();
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".class") && !name.equals("package-info.class")) {
          Class<?> type = classOf(name.substring(0, name.length() - ".class".length()));
          if (Op.class.isAssignableFrom(type) && !type.isInterface()) {
            names.add(type.getName());
          }
        }
      }
    }
    return names;
  }

  private static Class<?> classOf(String name) {
    try {
      return Class.forName(Op.class.getPackageName() + "." + name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}

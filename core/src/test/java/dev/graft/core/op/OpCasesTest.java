package dev.graft.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.op.layout.Concat;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.io.File;
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

  @Test
  void everyParameterAndState_saysWhatItStartsFrom() {
    for (OpCase c : OpCases.all()) {
      Op op = c.op();
      for (int i = 0; i < c.shapes().size(); i++) {
        boolean stored =
            op.parameterInputs().contains(i)
                || op.stateInputs().contains(i)
                || op.biasInputs().contains(i);
        if (stored && c.has(i)) {
          Shape shape = c.shapes().get(i);
          Tensor start = op.initializer(i, shape).draw(shape, c.key());
          assertThat(start.shape()).as(c + ", input " + i).isEqualTo(shape);
          assertThat(start.toArray()).as(c + ", input " + i).doesNotContain(Float.NaN);
        }
      }
    }
  }

  @Test
  void anOperationThatDoesNotSayWhatItStartsFrom_isNamed() {
    assertThatThrownBy(() -> new Concat(0).initializer(1, Shape.of(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Concat")
        .hasMessageContaining("input 1");
  }

  /** The compiled operations of the packages: what is written, not what somebody listed. */
  private static Set<String> ops() throws IOException, URISyntaxException {
    Path folder =
        Path.of(Objects.requireNonNull(Op.class.getResource("Op.class")).toURI()).getParent();
    Path classes = folder;
    for (String ignored : Op.class.getPackageName().split("\\.")) {
      classes = classes.getParent();
    }
    Path root = classes;
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .map(file -> root.relativize(file).toString())
          .filter(file -> file.endsWith(".class") && !file.endsWith("package-info.class"))
          .map(file -> classOf(file.substring(0, file.length() - ".class".length())))
          .filter(type -> Op.class.isAssignableFrom(type) && !type.isInterface())
          // Whole numbers have no gradient, and no kernel: WholeNumbersTest has these.
          .filter(type -> !HostOp.class.isAssignableFrom(type))
          .map(Class::getName)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static Class<?> classOf(String path) {
    try {
      return Class.forName(path.replace(File.separatorChar, '.'));
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}

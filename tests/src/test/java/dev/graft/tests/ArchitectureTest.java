package dev.graft.tests;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.graft.core.GraftException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * Holds the direction of dependencies between the modules, and between the packages of core. Every
 * rule tolerates a package that is still empty; a class outside all packages named here does not
 * pass.
 */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class ArchitectureTest {

  private static final String CORE = "dev.graft.core";

  /** In the order in which one reads them: each package imports only those to its left. */
  private static final List<String> CORE_PACKAGES =
      List.of(
          "backend",
          "tensor",
          "op",
          "autograd",
          "text",
          "graph",
          "rewrite",
          "plan",
          "data",
          "session",
          "train",
          "transfer",
          "insight");

  private static final String[] OUTERMOST = {
    "dev.graft.cli..", "dev.graft.bench..", "dev.graft.tests.."
  };

  /** In one folder; more than that want to be sorted by kind. */
  private static final long MOST_FILES = 40;

  private static JavaClasses graft;

  @BeforeAll
  static void importClasses() {
    graft = new ClassFileImporter().importPackages("dev.graft");
  }

  @Test
  void coreClasses_areFound() {
    // Rules over nothing pass; a class path without core must not look like a clean one.
    assertThat(graft.stream().filter(c -> c.getPackageName().startsWith(CORE + "."))).isNotEmpty();
  }

  @Test
  void everyClass_hasItsPlace() {
    String[] places =
        Stream.concat(
                Stream.of("core", "kernels..", "importers..", "cli..", "bench..", "tests..")
                    .map(module -> "dev.graft." + module),
                CORE_PACKAGES.stream().map(ArchitectureTest::core))
            .toArray(String[]::new);
    classes().should().resideInAnyPackage(places).check(graft);
  }

  @Test
  void rootOfCore_importsNothingOfGraft() {
    noClasses()
        .that()
        .resideInAPackage(CORE)
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.graft..").and(DescribedPredicate.not(resideInAPackage(CORE))))
        .check(graft);
  }

  /** So that an embedder catches all that Graft says for people with one clause. */
  @Test
  void everyException_isAGraftException() {
    classes()
        .that()
        .areAssignableTo(Exception.class)
        .and()
        .resideInAnyPackage(CORE + "..", "dev.graft.importers..", "dev.graft.kernels..")
        .and()
        // Somebody else's, which the packaged jar holds under a name of ours.
        .resideOutsideOfPackage("dev.graft.importers.onnx.protobuf..")
        .should()
        .beAssignableTo(GraftException.class)
        .check(graft);
  }

  @Test
  void cliBenchAndTests_areImportedByNothing() {
    for (String outer : OUTERMOST) {
      noClasses()
          .that()
          .resideOutsideOfPackage(outer)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(outer)
          .allowEmptyShould(true)
          .check(graft);
    }
  }

  @Test
  void importers_neverSeeKernels() {
    noClasses()
        .that()
        .resideInAPackage("dev.graft.importers..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.graft.kernels..")
        .allowEmptyShould(true)
        .check(graft);
  }

  @Test
  void kernels_seeOnlyTheBackendOfCore() {
    classes()
        .that()
        .resideInAPackage("dev.graft.kernels..")
        .should()
        .onlyDependOnClassesThat()
        .resideOutsideOfPackages(outsideOfKernels())
        .allowEmptyShould(true)
        .check(graft);
  }

  /** What chooses an algorithm imports the algorithms, and none of them what chooses. */
  @Test
  void packagesOfKernels_importEachOtherInOneDirection() {
    slices().matching("dev.graft.kernels.(**)").should().beFreeOfCycles().check(graft);
  }

  @Test
  void folders_holdFewEnoughFilesToBeRead() {
    Map<String, Long> crowded =
        graft.stream()
            .filter(
                c ->
                    c.getPackageName().startsWith("dev.graft.kernels.")
                        || c.getPackageName().startsWith(CORE + ".transfer"))
            .filter(c -> !c.isNestedClass())
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
    crowded.values().removeIf(files -> files <= MOST_FILES);
    assertThat(crowded).isEmpty();
  }

  @Test
  void kernels_needNoLibraryButJocl() {
    classes()
        .that()
        .resideInAPackage("dev.graft.kernels..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.graft..", "java..", "jdk.incubator.vector..", "org.jocl..", "org.jspecify..")
        .allowEmptyShould(true)
        .check(graft);
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.graft.kernels.opencl..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.jocl..")
        .check(graft);
  }

  @Test
  void core_seesNoOtherModule() {
    noClasses()
        .that()
        .resideInAPackage(CORE + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.graft.kernels..", "dev.graft.importers..")
        .allowEmptyShould(true)
        .check(graft);
  }

  @TestFactory
  Stream<DynamicTest> corePackage_importsOnlyToItsLeft() {
    return IntStream.range(0, CORE_PACKAGES.size() - 1)
        .mapToObj(
            i ->
                DynamicTest.dynamicTest(
                    CORE_PACKAGES.get(i),
                    () ->
                        noClasses()
                            .that()
                            .resideInAPackage(core(CORE_PACKAGES.get(i)))
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(rightOf(i))
                            .allowEmptyShould(true)
                            .check(graft)));
  }

  @Test
  void backendInterface_doesNotKnowItsImplementations() {
    noClasses()
        .that()
        .resideInAPackage(CORE + ".backend")
        .and()
        .doNotHaveSimpleName("Backends")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(core("backend.plain"), core("backend.reference"))
        .check(graft);
  }

  @Test
  void plainAndReferenceBackend_doNotKnowEachOther() {
    noClasses()
        .that()
        .resideInAPackage(core("backend.reference"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(core("backend.plain"))
        .check(graft);
    noClasses()
        .that()
        .resideInAPackage(core("backend.plain"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(core("backend.reference"))
        .check(graft);
  }

  @Test
  void dataSets_doNotKnowPictures() {
    noClasses()
        .that()
        .resideInAPackage(CORE + ".data")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(core("data.picture"))
        .check(graft);
  }

  /** What a verb is made of can be read without it. */
  @Test
  void roomsOfTransfer_doNotKnowTheVerbs_norEachOtherInCircles() {
    noClasses()
        .that()
        .resideInAPackage(CORE + ".transfer.*")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(CORE + ".transfer")
        .check(graft);
    slices().matching(CORE + ".transfer.(*)").should().beFreeOfCycles().check(graft);
  }

  @Test
  void rulesOfOperations_doNotKnowTheOperations() {
    noClasses()
        .that()
        .resideInAPackage(CORE + ".op")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(CORE + ".op.*")
        .check(graft);
  }

  private static String core(String name) {
    return CORE + "." + name + "..";
  }

  private static String[] rightOf(int index) {
    return CORE_PACKAGES.subList(index + 1, CORE_PACKAGES.size()).stream()
        .map(ArchitectureTest::core)
        .toArray(String[]::new);
  }

  private static String[] outsideOfKernels() {
    return Stream.concat(Stream.of("dev.graft.importers.."), Stream.of(rightOf(0)))
        .toArray(String[]::new);
  }
}

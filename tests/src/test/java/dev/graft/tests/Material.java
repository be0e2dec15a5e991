package dev.graft.tests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Real models and pictures beside the project; a test that wants them is skipped where they are
 * not.
 */
public final class Material {

  private Material() {}

  /** A file or folder of the material. */
  public static Path path(String name) {
    Path path = Path.of(System.getProperty("graft.material", "../shared/material")).resolve(name);
    assumeTrue(Files.exists(path), () -> path + " is absent");
    return path;
  }
}

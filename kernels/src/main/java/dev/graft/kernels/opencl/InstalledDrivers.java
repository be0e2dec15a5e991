package dev.graft.kernels.opencl;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which OpenCL drivers are listed, read from small files: to load the drivers instead takes a tenth
 * of a second, too much for {@code auto} to spend on machines without a GPU.
 *
 * <p>On Linux the loader ({@code libOpenCL.so.1}) reads a folder of {@code .icd} files, each with
 * the name of a driver's library in it. PoCL computes on the processor; every other driver may have
 * a GPU.
 */
final class InstalledDrivers {

  private static final String FOLDER = "/etc/OpenCL/vendors";

  /** Variables by which a user points ocl-icd or the Khronos loader elsewhere. */
  private static final List<String> VARIABLES =
      List.of("OCL_ICD_VENDORS", "OCL_ICD_FILENAMES", "OPENCL_VENDOR_PATH");

  private InstalledDrivers() {}

  /** Why there can be no GPU; empty where only the drivers themselves can tell. */
  static Optional<String> withoutGpu() {
    boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
    return linux ? withoutGpu(Path.of(FOLDER), System.getenv()) : Optional.empty();
  }

  static Optional<String> withoutGpu(Path folder, Map<String, String> environment) {
    if (VARIABLES.stream().anyMatch(environment::containsKey)) {
      return Optional.empty();
    }
    List<String> drivers = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".icd")).toList()) {
          drivers.add(file.getFileName() + " " + Files.readString(file));
        }
      } catch (IOException | UncheckedIOException e) {
        return Optional.empty();
      }
    }
    if (drivers.isEmpty()) {
      return Optional.of("no OpenCL driver is listed in " + folder);
    }
    boolean onlyPocl = drivers.stream().allMatch(d -> d.toLowerCase(Locale.ROOT).contains("pocl"));
    return onlyPocl
        ? Optional.of("the only OpenCL driver is PoCL, and " + OpenClProvider.ONLY_ON_A_GPU)
        : Optional.empty();
  }
}

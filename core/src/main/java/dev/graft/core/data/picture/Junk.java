package dev.graft.core.data.picture;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * What systems and tools leave between pictures: whatever begins with a dot, resource forks of
 * macOS, thumbnails of network storage and of Windows, bins.
 */
final class Junk {

  private static final Set<String> NAMES =
      Set.of(
          "__macosx",
          "icon\r",
          "@eadir",
          "#recycle",
          "@recycle",
          "$recycle.bin",
          "system volume information",
          "lost+found",
          "thumbs.db",
          "ehthumbs.db",
          "desktop.ini",
          "__pycache__");

  private Junk() {}

  /** Whether the last part of a path is such a name. */
  static boolean is(Path name) {
    String text = name.toString();
    return text.startsWith(".") || NAMES.contains(text.toLowerCase(Locale.ROOT));
  }
}

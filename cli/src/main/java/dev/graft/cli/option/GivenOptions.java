package dev.graft.cli.option;

import dev.graft.cli.receipt.Receipt;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options that a command was given and that its result follows from.
 *
 * @param command its name
 * @param values what was given, by the longest name of each option
 * @param readers those that may name a file or a folder to read
 */
record GivenOptions(String command, Map<String, List<String>> values, Set<String> readers) {

  /** They change what is told, where, or how fast, and nothing else. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("--out", "--quiet", "--resume", "--threads", "--stacktrace");

  /** Names, or files. */
  private static final Set<String> MAY_BE_FILES =
      Set.of("--student", "--preprocess", "--teacher-preprocess");

  static GivenOptions of(CommandSpec command) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    Set<String> readers = new LinkedHashSet<>();
    for (OptionSpec option : command.commandLine().getParseResult().matchedOptionsSet()) {
      String name = option.longestName();
      if (WITHOUT_EFFECT.contains(name)) {
        continue;
      }
      values.put(name, option.originalStringValues());
      boolean isFile =
          option.type() == Path.class
              || List.of(option.typeInfo().getAuxiliaryTypes()).contains(Path.class);
      if (isFile || MAY_BE_FILES.contains(name)) {
        readers.add(name);
      }
    }
    return new GivenOptions(command.name(), values, readers);
  }

  /** The receipt of a run that begins. */
  Receipt receipt() {
    return Receipt.of(command, values, readers);
  }
}

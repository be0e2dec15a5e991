package dev.graft.cli;

import picocli.CommandLine.IVersionProvider;

/** Says which Graft and which Java this is. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String own = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "graft " + (own == null ? "(development)" : own),
      "Java "
          + Runtime.version()
          + " of "
          + System.getProperty("java.vendor")
          + ", "
          + System.getProperty("java.home")
    };
  }
}

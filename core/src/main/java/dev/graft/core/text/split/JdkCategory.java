package dev.graft.core.text.split;

/** General categories by their two letters, of the JDK's Unicode. */
final class JdkCategory {

  /** By the numbers of {@link Character#getType(int)}. */
  private static final String[] NAMES = {
    "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc",
    "Cf", "", "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf"
  };

  private JdkCategory() {}

  static String of(int c) {
    int type = Character.getType(c);
    return type < NAMES.length ? NAMES[type] : "";
  }
}

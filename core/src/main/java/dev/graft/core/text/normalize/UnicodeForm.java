package dev.graft.core.text.normalize;

import dev.graft.core.text.CodePoints;
import java.text.Normalizer.Form;

/**
 * Unicode's normal forms (UAX 15), as of Unicode 9, the version of Hugging Face's tokenizers: what
 * is newer stays as it is, whatever the JDK knows of it.
 */
public enum UnicodeForm implements Normalizer {
  /** Composed. */
  NFC(Form.NFC),
  /** Decomposed. */
  NFD(Form.NFD),
  /** Composed, of compatible characters. */
  NFKC(Form.NFKC),
  /** Decomposed into compatible characters. */
  NFKD(Form.NFKD);

  private final Form form;

  UnicodeForm(Form form) {
    this.form = form;
  }

  @Override
  public String normalize(String text) {
    if (java.text.Normalizer.isNormalized(text, form)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int from = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      if (CodePoints.isInert(c)) {
        out.append(java.text.Normalizer.normalize(text.substring(from, i), form));
        out.appendCodePoint(c);
        from = next;
      }
      i = next;
    }
    return out.append(java.text.Normalizer.normalize(text.substring(from), form)).toString();
  }
}

import java.text.Normalizer;
import java.text.Normalizer.Form;

/** Prints, for codepoints.py, the code points that this JDK's normal forms change or reorder. */
class ActiveCodePoints {
  public static void main(String[] arguments) {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      String text = Character.toString(c);
      if (Character.getType(c) != Character.SURROGATE
          && (!Normalizer.isNormalized(text, Form.NFKD)
              || Normalizer.normalize("\u0345" + text, Form.NFD).startsWith(text))) {
        System.out.println(c);
      }
    }
  }
}

package dev.graft.core.text.normalize;

import dev.graft.core.text.TextException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SentencePiece's own table of what becomes of characters: a double-array trie over UTF-8 (Aoe
 * 1989, as {@code darts-clone} packs it), and the texts that its leaves point to, each ended by a
 * zero. A grapheme of less than 6 bytes is looked up whole, which finds the shortest entry that it
 * begins with, so that what follows in it is lost; so do Hugging Face's tokenizers, by which the
 * models were trained.
 */
public final class Precompiled implements Normalizer {

  private static final Pattern GRAPHEME = Pattern.compile("\\X");
  private static final int WHOLE = 6;
  private static final int NOT_FOUND = -1;

  private final int[] trie;
  private final byte[] texts;

  /**
   * @param table the length of the trie in bytes, the trie, and the texts; numbers are of 4 bytes,
   *     the lowest first
   * @throws TextException if the table is cut off or not such a table
   */
  public Precompiled(byte[] table) {
    ByteBuffer bytes = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
    int length = table.length < Integer.BYTES ? -1 : bytes.getInt();
    if (length < Integer.BYTES || length % Integer.BYTES != 0 || length > bytes.remaining()) {
      throw new TextException(
          "Precompiled: expected a table whose first 4 bytes are its trie's length, found "
              + length
              + " of "
              + table.length
              + " bytes");
    }
    this.trie = new int[length / Integer.BYTES];
    bytes.asIntBuffer().get(trie);
    this.texts = Arrays.copyOfRange(table, Integer.BYTES + length, table.length);
  }

  @Override
  public String normalize(String text) {
    StringBuilder out = new StringBuilder(text.length());
    Matcher graphemes = GRAPHEME.matcher(text);
    int from = 0;
    while (graphemes.find()) {
      append(text.substring(graphemes.start(), graphemes.end()), out);
      from = graphemes.end();
    }
    append(text.substring(from), out);
    return out.toString();
  }

  private void append(String grapheme, StringBuilder out) {
    byte[] bytes = grapheme.getBytes(StandardCharsets.UTF_8);
    String whole = bytes.length < WHOLE ? transformed(bytes) : null;
    if (whole != null) {
      out.append(whole);
      return;
    }
    grapheme
        .codePoints()
        .mapToObj(Character::toString)
        .forEach(
            character -> {
              String changed = transformed(character.getBytes(StandardCharsets.UTF_8));
              out.append(changed == null ? character : changed);
            });
  }

  /** What the shortest entry that begins the key becomes; null if there is none. */
  private @Nullable String transformed(byte[] key) {
    int start = find(key);
    if (start < 0 || start >= texts.length) {
      return null;
    }
    int end = start;
    while (end < texts.length && texts[end] != 0) {
      end++;
    }
    return new String(texts, start, end - start, StandardCharsets.UTF_8);
  }

  private int find(byte[] key) {
    int position = offset(trie[0]);
    for (byte b : key) {
      int label = b & 0xFF;
      position ^= label;
      if (label == 0 || position < 0 || position >= trie.length) {
        return NOT_FOUND;
      }
      int unit = trie[position];
      if ((unit & 0x800000FF) != label) {
        return NOT_FOUND;
      }
      position ^= offset(unit);
      if ((unit >>> 8 & 1) == 1 && position >= 0 && position < trie.length) {
        return trie[position] & 0x7FFFFFFF;
      }
    }
    return NOT_FOUND;
  }

  private static int offset(int unit) {
    return unit >>> 10 << ((unit & 1 << 9) >>> 6);
  }
}

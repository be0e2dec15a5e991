package dev.graft.core.session.text;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link TextEncoder} makes vectors.
 *
 * @param pooling of the vectors of tokens
 * @param normalized whether vectors get length 1, so that a dot product is a cosine
 * @param maxLength tokens of a text, special ones included; longer texts are cut. 0 for what the
 *     tokenizer allows
 * @param prompts what is put before a text, by name, such as {@code query} and {@code passage}
 * @param prompt the name of the one that is put before every text where no other is asked for; null
 *     for none
 */
public record EncoderSettings(
    Pooling pooling,
    boolean normalized,
    int maxLength,
    Map<String, String> prompts,
    @Nullable String prompt) {

  /** Means of length 1, no prompts, as long as the tokenizer allows: what most encoders want. */
  public static final EncoderSettings DEFAULT =
      new EncoderSettings(Pooling.MEAN, true, 0, Map.of(), null);

  /**
   * @throws IllegalArgumentException if the length is negative or the prompt is none of them
   */
  public EncoderSettings {
    prompts = Map.copyOf(prompts);
    if (maxLength < 0) {
      throw new IllegalArgumentException("the longest text has " + maxLength + " tokens");
    }
    if (prompt != null && !prompts.containsKey(prompt)) {
      throw new IllegalArgumentException(
          "there is no prompt " + prompt + "; there are " + prompts.keySet());
    }
  }

  /** These with another pooling. */
  public EncoderSettings with(Pooling pooling) {
    return new EncoderSettings(pooling, normalized, maxLength, prompts, prompt);
  }

  /** These with vectors of length 1, or as they come. */
  public EncoderSettings normalized(boolean normalized) {
    return new EncoderSettings(pooling, normalized, maxLength, prompts, prompt);
  }

  /** These with another longest text. */
  public EncoderSettings maxLength(int maxLength) {
    return new EncoderSettings(pooling, normalized, maxLength, prompts, prompt);
  }
}

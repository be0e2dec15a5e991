package dev.graft.core.text;

import dev.graft.core.GraftException;

/** A tokenizer that contradicts itself; the message says where and what to do. */
public final class TextException extends GraftException {

  private static final long serialVersionUID = 1L;

  public TextException(String message) {
    super(message);
  }
}

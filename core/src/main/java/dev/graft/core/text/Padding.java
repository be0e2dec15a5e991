package dev.graft.core.text;

/**
 * What fills a batch of texts up to one length; the mask leaves it out.
 *
 * @param id the token
 * @param typeId its type
 */
public record Padding(int id, int typeId) {}

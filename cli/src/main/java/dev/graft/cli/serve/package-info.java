/**
 * {@code graft serve}: one model behind a page and {@code POST /predict}, on the JDK's own {@code
 * HttpServer}. {@link dev.graft.cli.serve.ModelServer} is the way in; {@link
 * dev.graft.cli.serve.Guard} refuses what no page of its own would send.
 */
@NullMarked
package dev.graft.cli.serve;

import org.jspecify.annotations.NullMarked;

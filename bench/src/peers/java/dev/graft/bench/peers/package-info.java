/**
 * Graft and the engines one would take instead, side by side: {@code bench/peers} runs {@link
 * dev.graft.bench.peers.Main}.
 */
@NullMarked
package dev.graft.bench.peers;

import org.jspecify.annotations.NullMarked;

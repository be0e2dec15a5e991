/**
 * What a run followed from, written down so that it can be repeated to the same bits: {@link
 * dev.graft.cli.receipt.Receipt}, and the {@linkplain dev.graft.cli.receipt.Fingerprint hashes} of
 * what it read.
 */
@NullMarked
package dev.graft.cli.receipt;

import org.jspecify.annotations.NullMarked;

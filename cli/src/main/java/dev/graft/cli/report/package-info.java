/**
 * {@code report.html} of a run: what was learnt and how, as a {@linkplain dev.graft.cli.page page}
 * that opens without a network. {@link dev.graft.cli.report.RunReport} puts it together; every
 * other file is one part of it.
 */
@NullMarked
package dev.graft.cli.report;

import org.jspecify.annotations.NullMarked;

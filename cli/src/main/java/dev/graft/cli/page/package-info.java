/**
 * Pages that open without a network: one file with its styles, charts and pictures in it, light and
 * dark as the reader's system is, readable on a phone. They hold no script.
 *
 * <pre>{@code
 * Page page = new Page("What is wrong with photos/");
 * page.lead("123 pictures of 4 classes");
 * page.section(
 *     "Duplicates",
 *     new Table("file", "same as").row("a.jpg", "b.jpg").html(),
 *     new Gallery(List.of(new Picture(image, "a.jpg"), new Picture(other, "b.jpg"))).html());
 * page.section("Curve", new LineChart("epoch", "loss").series("training", points).html());
 * AtomicFile.write(file, out -> out.write(page.bytes()));
 * }</pre>
 *
 * <p>{@link dev.graft.cli.page.Html} is a piece of markup, and the only way from text to markup: it
 * escapes, so that labels and names of files may hold anything. What is not here yet is made of
 * {@link dev.graft.cli.page.Tag}s. Colours are those of {@code page.css}: {@code series-1} to
 * {@code series-6} are the lines of charts in both modes.
 */
@NullMarked
package dev.graft.cli.page;

import org.jspecify.annotations.NullMarked;

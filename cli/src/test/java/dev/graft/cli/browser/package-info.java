/** Pages in a real browser: headless Chromium, where it is installed. */
@NullMarked
package dev.graft.cli.browser;

import org.jspecify.annotations.NullMarked;

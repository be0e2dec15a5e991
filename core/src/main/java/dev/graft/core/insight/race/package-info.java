/** Whether transfer will help, by short runs: {@link dev.graft.core.insight.race.Race}. */
@NullMarked
package dev.graft.core.insight.race;

import org.jspecify.annotations.NullMarked;

/** Transfer learning on real networks and pictures. */
@NullMarked
package dev.graft.tests.transfer;

import org.jspecify.annotations.NullMarked;

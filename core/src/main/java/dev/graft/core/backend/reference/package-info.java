/**
 * The specification of the kernels: plain loops in double precision, to be read, and to hold every
 * other backend and every gradient against.
 */
@NullMarked
package dev.graft.core.backend.reference;

import org.jspecify.annotations.NullMarked;

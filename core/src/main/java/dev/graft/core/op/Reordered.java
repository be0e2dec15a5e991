package dev.graft.core.op;

/**
 * An operation that computes the same from inputs with their axes in another order, see {@link
 * Op#reordered}.
 *
 * @param op the operation
 * @param order of the axes of its outputs: those of the old operation are those of the new one in
 *     this order
 */
public record Reordered(Op op, AxisOrder order) {}

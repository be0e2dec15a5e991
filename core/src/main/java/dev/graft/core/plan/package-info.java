/**
 * Running a graph. A {@link dev.graft.core.plan.Planner} compiles it for one batch shape, one mode
 * and one choice of trainable parameters into a {@link dev.graft.core.plan.Plan}: steps in order,
 * several nodes fused where one kernel can do them, every value placed in memory by its lifetime. A
 * {@link dev.graft.core.plan.PlanExecutor} compiles what it meets and runs it, for trainers and
 * sessions alike; the {@link dev.graft.core.plan.EagerExecutor} runs the same on the tape and is
 * the oracle.
 *
 * <p>Next: {@link dev.graft.core.data}, what is fed to them.
 */
@NullMarked
package dev.graft.core.plan;

import org.jspecify.annotations.NullMarked;

/** Who asks: tasks, their kinds, their tokens and their local addresses. Pure. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.task;

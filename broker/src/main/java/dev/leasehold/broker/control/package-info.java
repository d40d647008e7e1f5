/** The task API: callers and their rights, opening and ending tasks, the kill switch, the view. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.control;

/** Humans who are asked: what they are shown, what they said, and for what that is good. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.approval;

/** What the system knows of this process, and of the socket files by which others here reach it. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.local;

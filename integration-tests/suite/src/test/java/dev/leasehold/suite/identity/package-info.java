/** What the broker's identity promises, against a Workload API that misbehaves on command. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.suite.identity;

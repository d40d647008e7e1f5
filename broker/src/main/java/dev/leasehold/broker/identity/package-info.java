/** Who this sidecar is: SVIDs from the SPIFFE Workload API, one immutable snapshot per rotation. */
@org.jspecify.annotations.NullMarked
package dev.leasehold.broker.identity;

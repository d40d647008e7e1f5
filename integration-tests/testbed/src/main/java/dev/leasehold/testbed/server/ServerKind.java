package dev.leasehold.testbed.server;

/** How a server of the testbed runs, so that a test's output can say what its result rests on. */
public enum ServerKind {
  /** The product itself, as a process of this machine. */
  REAL,
  /** The product itself, in a container. */
  CONTAINER,
  /** A stand-in inside this JVM, believed only as far as the contract suite has proven it. */
  EMBEDDED
}

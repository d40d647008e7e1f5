package dev.leasehold.testbed;

/** A server that a test wants. What lies between two of them is set up when both are there. */
public enum Needs {
  /** With a KV version 2 engine at {@code kv/}. */
  VAULT,
  /** With Vault: the auth methods {@code cert} and {@code jwt}, trusting the domain's JWT keys. */
  WORKLOAD_API,
  /** With the demo database; with Vault: the {@code database} engine and its roles. */
  POSTGRES,
  /** With Vault: the {@code rabbitmq} engine and its role. Has no stand-in. */
  RABBITMQ
}

package dev.leasehold.broker.proxy;

/** What came of an agent's bytes: a request that can be read in one way only, or a refusal. */
sealed interface Reading permits AgentRequest, Refusal {}

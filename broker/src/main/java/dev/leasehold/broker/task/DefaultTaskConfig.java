package dev.leasehold.broker.task;

/**
 * The task of an agent that knows nothing of tasks.
 *
 * @param kind the name of its kind, which has one agent only
 * @param uid of the agent's processes; nobody else's calls belong to the task
 */
public record DefaultTaskConfig(String kind, String purpose, int uid) {}

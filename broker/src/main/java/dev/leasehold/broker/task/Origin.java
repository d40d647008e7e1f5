package dev.leasehold.broker.task;

/**
 * Where beyond this sidecar a task comes from.
 *
 * @param sidecar SPIFFE ID of the sidecar that granted it
 * @param grant the grant's id
 * @param parent id of the task there that delegated it
 * @param root id of the task with which its chain begins
 */
public record Origin(String sidecar, String grant, String parent, String root) {}

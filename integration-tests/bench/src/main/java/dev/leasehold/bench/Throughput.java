package dev.leasehold.bench;

/**
 * What a closed loop gave.
 *
 * @param perSecond requests
 * @param cpu microseconds for one request, which other work on the machine hardly changes
 */
record Throughput(double perSecond, double cpu) {}

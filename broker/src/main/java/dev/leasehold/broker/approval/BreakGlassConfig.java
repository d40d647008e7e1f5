package dev.leasehold.broker.approval;

import java.time.Duration;
import java.util.Optional;

/**
 * Who may set rules aside, and for how long.
 *
 * @param group whose members may; empty: those of any group
 * @param longest no break-glass is open longer
 * @param perDay how often within 24 hours, for one kind
 */
public record BreakGlassConfig(Optional<String> group, Duration longest, int perDay) {}
